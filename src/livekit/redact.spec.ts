import { describe, expect, it } from 'vitest';
import type { JsonObject } from './json.js';
import { redact, redactUrls } from './redact.js';

const secret = 'hunter2';

describe('redact', () => {
  it.each<[string, JsonObject]>([
    ['turnPassword', { room: { turnPassword: secret } }],
    ['turn_password', { room: { turn_password: secret } }],
    ["a job's room", { job: { room: { turnPassword: secret } } }],
    ['streamKey', { ingressInfo: { streamKey: secret } }],
    ['stream_key', { ingress_info: { stream_key: secret } }],
    [
      'S3',
      {
        egressInfo: {
          roomComposite: { s3: { accessKey: secret, secret, sessionToken: secret, assumeRoleExternalId: secret } },
        },
      },
    ],
    [
      'S3 in snake case',
      { egress_info: { web: { file_outputs: [{ s3: { access_key: secret, assume_role_external_id: secret } }] } } },
    ],
    ['GCP', { egressInfo: { egress: { storage: { gcp: { credentials: secret } } } } }],
    [
      'Azure',
      { egressInfo: { egress: { outputs: [{ storage: { azure: { accountName: secret, accountKey: secret } } }] } } },
    ],
    ['AliOSS', { egressInfo: { track: { file: { aliOSS: { accessKey: secret, secret } } } } }],
    [
      'a proxy',
      { egressInfo: { web: { file: { s3: { proxy: { url: 'http://p', username: secret, password: secret } } } } } },
    ],
    [
      'credentials that are no text',
      { egressInfo: { egress: { storage: { gcp: { credentials: { key: secret } } } } } },
    ],
    ['an rtmp destination', { egressInfo: { streamResults: [{ url: `rtmp://a.example/app/${secret}` }] } }],
    [
      'a destination in an error',
      { egressInfo: { error: `could not reach "rtmp://a.example/app/${secret}": refused` } },
    ],
    ['a destination in details', { egressInfo: { details: `rtmps://a.example/app/${secret} failed` } }],
    ['destinations in a list', { egressInfo: { roomComposite: { stream: { urls: [`mux://${secret}`] } } } }],
    ['an event that cannot be projected', { event: 'teleported', egressInfo: { s3: { secret } } }],
  ])('hides %s', (_, event) => {
    const redacted = JSON.stringify(redact(event));
    expect(redacted).not.toContain(secret);
    expect(redacted).toContain('[redacted]');
  });

  it.each<[string, JsonObject]>([
    ['an attribute called password', { participant: { attributes: { password: 'open sesame' } } }],
    ["an upload's own metadata", { egressInfo: { web: { s3: { metadata: { password: 'open sesame' } } } } }],
    ["an ingress' participant metadata", { ingressInfo: { participantMetadata: 'https://a:b@c/' } }],
    [
      'what LiveKit cut already',
      { egressInfo: { s3: { accessKey: '{access_key}' }, streamResults: [{ url: 'rtmp://a/app/{ab...yz}' }] } },
    ],
    ['an empty secret', { room: { turnPassword: '' } }],
  ])('leaves %s', (_, event) => {
    expect(redact(structuredClone(event))).toEqual(event);
  });
});

describe('redactUrls', () => {
  it.each([
    ['rtmp://live.example.com/app/key?auth=1', 'rtmp://live.example.com/app/[redacted]'],
    ['rtmps://u:p@h:443/x/key', 'rtmps://[redacted]@h:443/x/[redacted]'],
    ['rtmp://host', 'rtmp://host'],
    [
      'srt://h:9000?streamid=abc&mode=caller&passphrase=p',
      'srt://h:9000?streamid=[redacted]&mode=caller&passphrase=[redacted]',
    ],
    ['mux://key', 'mux://[redacted]'],
    ['twitch://live_1_abc', 'twitch://[redacted]'],
    ['https://user:pass@example.com/a/b?c=d', 'https://[redacted]@example.com/a/b?c=d'],
    ['https://example.com/a@b', 'https://example.com/a@b'],
    ['no url at all', 'no url at all'],
  ])('turns %s into %s', (before, after) => {
    expect(redactUrls(before)).toBe(after);
  });
});
