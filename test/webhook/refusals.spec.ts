import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forge, sha256, unsigned } from '../support/sign.js';
import { type Service, startService } from '../support/service.js';
import { chunked, postRaw, type RawAnswer } from '../support/socket.js';

const now = 1_795_000_000;
const clock = { now: () => now * 1000 };
const body = Buffer.from(
  `{"event":"room_started","id":"EV_refused","createdAt":"${now}","room":{"sid":"RM_a","name":"a"}}`,
);
const valid = { iss: 'devkey', nbf: now, exp: now + 300, sha256: sha256(body) };
const token = forge({ claims: valid, secret: 'secret' });

let service: Service;
beforeAll(async () => {
  service = await startService({ clock });
});
afterAll(() => service.stop());

interface Delivery {
  readonly authorization?: string | null;
  readonly type?: string | null;
  readonly bytes?: Buffer;
}

function deliver({
  authorization = token,
  type = 'application/webhook+json',
  bytes = body,
}: Delivery): Promise<RawAnswer> {
  const headers: Record<string, string> = { 'content-length': String(bytes.length) };
  if (authorization !== null) headers['authorization'] = authorization;
  if (type !== null) headers['content-type'] = type;
  return postRaw(service.url, { headers, body: bytes });
}

/** A body with a token that was made for it. */
const genuine = (text: string | Buffer): Delivery => {
  const bytes = Buffer.from(text);
  return { bytes, authorization: forge({ claims: { ...valid, sha256: sha256(bytes) }, secret: 'secret' }) };
};

const signed = (claims: object) => ({ authorization: forge({ claims: { ...valid, ...claims }, secret: 'secret' }) });
const hs512 = forge({ claims: valid, secret: 'secret', header: { alg: 'HS512', typ: 'JWT' }, hash: 'sha512' });
const grants = { video: { roomJoin: true, room: 'a' }, sha256: undefined };

const table: [string, Delivery, string][] = [
  ['no token', { authorization: null }, '401 TOKEN_MISSING'],
  ['Bearer and no token', { authorization: 'Bearer ' }, '401 TOKEN_MISSING'],
  ['what is not a JWT', { authorization: 'Basic ZGV2a2V5OnNlY3JldA==' }, '401 TOKEN_MALFORMED'],
  ['alg none', { authorization: unsigned(valid) }, '401 ALGORITHM_NOT_ALLOWED'],
  ['HS512', { authorization: hs512 }, '401 ALGORITHM_NOT_ALLOWED'],
  ['a key that is not configured', signed({ iss: 'somebody' }), '401 KEY_UNKNOWN'],
  ['no key', signed({ iss: undefined }), '401 KEY_UNKNOWN'],
  ["another key's secret", { authorization: forge({ claims: valid, secret: 'acme-secret' }) }, '401 SIGNATURE_INVALID'],
  ['no exp', signed({ exp: undefined }), '401 TOKEN_WITHOUT_EXP'],
  ['an exp 61 s ago', signed({ exp: now - 61 }), '401 TOKEN_EXPIRED'],
  ['an nbf 61 s ahead', signed({ nbf: now + 61 }), '401 TOKEN_NOT_YET_VALID'],
  ['no sha256', signed({ sha256: undefined }), '401 BODY_HASH_MISMATCH'],
  ["another body's sha256", signed({ sha256: sha256('{}') }), '401 BODY_HASH_MISMATCH'],
  ['the token of a participant', signed(grants), '401 BODY_HASH_MISMATCH'],
  ['a body cut short', { bytes: body.subarray(0, -1) }, '401 BODY_HASH_MISMATCH'],
  [
    'a body written anew',
    { bytes: Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1)) },
    '401 BODY_HASH_MISMATCH',
  ],
  ['no content type', { type: null }, '415 CONTENT_TYPE_UNSUPPORTED'],
  ['plain text', { type: 'text/plain' }, '415 CONTENT_TYPE_UNSUPPORTED'],
  ['a type that only begins alike', { type: 'application/webhook+jsonx' }, '415 CONTENT_TYPE_UNSUPPORTED'],
  ['GraphQL', { type: 'application/graphql' }, '415 CONTENT_TYPE_UNSUPPORTED'],
  ['a wrong type and no token', { type: 'text/plain', authorization: null }, '415 CONTENT_TYPE_UNSUPPORTED'],
  ['17 MiB', genuine(Buffer.alloc(17 * 2 ** 20, ' ')), '413 BODY_TOO_LARGE'],
  ['17 MiB and no token', { bytes: Buffer.alloc(17 * 2 ** 20), authorization: null }, '413 BODY_TOO_LARGE'],
  ['one byte too many', genuine(Buffer.alloc(16 * 2 ** 20 + 1, ' ')), '413 BODY_TOO_LARGE'],
  ['bytes that are not UTF-8', genuine(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])), '400 BODY_NOT_UTF8'],
  ['bytes that are not JSON', genuine('{"event":"room_started"'), '400 BODY_NOT_JSON'],
  ['an empty body', genuine(''), '400 BODY_NOT_JSON'],
  ['arrays 101 deep', genuine(`{"event":"e","id":"i","a":${'['.repeat(100)}${']'.repeat(100)}}`), '400 BODY_NOT_JSON'],
  ['arrays 100,000 deep', genuine('['.repeat(100_000) + ']'.repeat(100_000)), '400 BODY_NOT_JSON'],
  ['a list', genuine('[{"event":"room_started","id":"EV_1"}]'), '400 EVENT_INVALID'],
  ['a text', genuine('"room_started"'), '400 EVENT_INVALID'],
  ['null', genuine('null'), '400 EVENT_INVALID'],
  ['no event', genuine('{"id":"EV_refused"}'), '400 EVENT_INVALID'],
  ['no id', genuine('{"event":"room_started"}'), '400 EVENT_INVALID'],
  ['an id that is a number', genuine('{"event":"room_started","id":7}'), '400 EVENT_INVALID'],
];

describe.each(table)('%s', (_, delivery, refusal) => {
  test(`is refused with ${refusal} in JSON, and nothing is kept`, async () => {
    const { status, headers, body: answer } = await deliver(delivery);
    expect(`${status} ${answer?.code}`).toBe(refusal);
    expect(answer).toEqual({ code: answer?.code, message: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    const { rows } = await service.database.queries.query('select count(*)::int from webhook_event');
    expect(rows).toEqual([{ count: 0 }]);
  });
});

test('a body that grows too large in chunks is refused before it ends', async () => {
  const headers = { authorization: token, 'content-type': 'application/webhook+json', 'transfer-encoding': 'chunked' };
  const all = chunked(Buffer.alloc(17 * 2 ** 20, ' '));
  const { status, body: answer } = await postRaw(service.url, { headers, body: all.subarray(0, -5) });
  expect(`${status} ${answer?.code}`).toBe('413 BODY_TOO_LARGE');
});

test('a request that breaks off before its body is whole is refused', async () => {
  const headers = { authorization: token, 'content-type': 'application/webhook+json', 'content-length': '500' };
  const { status, body: answer } = await postRaw(service.url, { headers, body, end: true });
  expect(`${status} ${answer?.code}`).toBe('400 BAD_REQUEST');
});

test('other methods and paths are not found', async () => {
  for (const [method, path] of [
    ['GET', '/webhook'],
    ['POST', '/webhooks'],
  ] as const) {
    const response = await fetch(service.url + path, { method });
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
  }
});
