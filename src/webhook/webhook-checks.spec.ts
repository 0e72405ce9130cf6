import { expect, test } from 'vitest';
import { rawBytes, requireHash } from './webhook-checks.js';

// The vector of the receivers of LiveKit's own SDKs (livekit-server-sdk, WebhookReceiver.test.ts).
const body =
  '{"event":"room_started", "room":{"sid":"RM_TkVjUvAqgzKz", "name":"mytestroom", "emptyTimeout":300, "creationTime":"1628545903", "turnPassword":"ICkSr2rEeslkN6e9bXL4Ji5zzMD5Z7zzr6ulOaxMj6N", "enabledCodecs":[{"mime":"audio/opus"}, {"mime":"video/VP8"}]}}';
const hash = 'CoEQz1chqJ9bnZRcORddjplkvpjmPujmLTR42DbefYI=';

test('accepts the hash that the official SDK expects', () => {
  expect(() => requireHash(hash, Buffer.from(body))).not.toThrow();
});

test.each([
  ['other whitespace', hash, body.replaceAll(', ', ',')],
  ['a hash without its padding', hash.slice(0, -1), body],
  ['a hash in base64url', hash.replace('+', '-').replaceAll('=', ''), body],
  ['no hash', undefined, body],
  ['a hash that is no text', [hash], body],
])('refuses %s', (_, sha256, text) => {
  expect(() => requireHash(sha256, Buffer.from(text))).toThrow('its sha256 is another');
});

test('takes nothing but raw bytes', () => {
  expect(rawBytes(Buffer.from('{}'))).toEqual(Buffer.from('{}'));
  expect(() => rawBytes({ event: 'room_started' })).toThrow('not application/webhook+json');
});
