import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../settings/settings.js';
import { tokenOf, TokenVerifier } from './token-verifier.service.js';

const now = 1_800_000_000;
const settings = readSettings({ LIVEKIT_KEYS: 'a: one\nb@acme: two' });
const verifier = new TokenVerifier(settings, { now: () => now * 1000 });

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

function sign(claims: object, secret = 'one', header: object = { alg: 'HS256' }, hash = 'sha256'): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
}

const valid = { iss: 'a', exp: now + 300, nbf: now };
const code = (token: string) =>
  verifier.verify(token).then(
    () => 'accepted',
    (error: { status: number; code: string }) => `${error.status} ${error.code}`,
  );

test('gives the key that signed, its project and the claims', async () => {
  const claims = { ...valid, iss: 'b', video: { roomList: true } };
  expect(await verifier.verify(sign(claims, 'two'))).toEqual({ key: 'b', project: 'acme', claims });
});

describe.each([
  ['nothing', '', '401 TOKEN_MISSING'],
  ['a word', 'hello', '401 TOKEN_MALFORMED'],
  ['three words', 'a.b.c', '401 TOKEN_MALFORMED'],
  ['claims that are a list', sign([]), '401 TOKEN_MALFORMED'],
  ['alg none', `${encode({ alg: 'none' })}.${encode(valid)}.`, '401 ALGORITHM_NOT_ALLOWED'],
  ['no alg', sign(valid, 'one', {}), '401 ALGORITHM_NOT_ALLOWED'],
  ['HS512', sign(valid, 'one', { alg: 'HS512' }, 'sha512'), '401 ALGORITHM_NOT_ALLOWED'],
  ['an unknown key', sign({ ...valid, iss: 'c' }), '401 KEY_UNKNOWN'],
  ['a key named like a part of every object', sign({ ...valid, iss: '__proto__' }), '401 KEY_UNKNOWN'],
  ['no key', sign({ exp: now }), '401 KEY_UNKNOWN'],
  ["another key's secret", sign(valid, 'two'), '401 SIGNATURE_INVALID'],
  ['no signature', sign(valid).replace(/[^.]*$/, ''), '401 SIGNATURE_INVALID'],
  [
    'changed claims',
    sign(valid).replace(/\.[^.]+\./, `.${encode({ ...valid, exp: now + 301 })}.`),
    '401 SIGNATURE_INVALID',
  ],
  [
    'a critical header that nobody knows',
    sign(valid, 'one', { alg: 'HS256', crit: ['x'], x: 1 }),
    '401 SIGNATURE_INVALID',
  ],
  ['no exp', sign({ iss: 'a' }), '401 TOKEN_WITHOUT_EXP'],
  ['an exp that is text', sign({ ...valid, exp: `${now + 300}` }), '401 TOKEN_WITHOUT_EXP'],
  ['an exp 60 s ago', sign({ ...valid, exp: now - 60 }), '401 TOKEN_EXPIRED'],
  ['an exp 59 s ago', sign({ ...valid, exp: now - 59 }), 'accepted'],
  ['an nbf 61 s ahead', sign({ ...valid, nbf: now + 61 }), '401 TOKEN_NOT_YET_VALID'],
  ['an nbf 60 s ahead', sign({ ...valid, nbf: now + 60 }), 'accepted'],
  ['an nbf that is text', sign({ ...valid, nbf: 'soon' }), '401 TOKEN_MALFORMED'],
  ['neither nbf nor iat', sign({ iss: 'a', exp: now + 1 }), 'accepted'],
  ['an iat that makes no sense', sign({ ...valid, iat: 'yesterday' }), 'accepted'],
])('a token with %s', (_, token, answer) => {
  test(answer, async () => {
    expect(await code(token)).toBe(answer);
  });
});

test('a refusal for time measures the offset of the clocks', async () => {
  await expect(verifier.verify(sign({ ...valid, exp: now - 312 }))).rejects.toThrow('expired 312 s ago');
  await expect(verifier.verify(sign({ ...valid, nbf: now + 95 }))).rejects.toThrow('begins in 95 s');
});

test('a refusal repeats no more than the start of an unknown key', async () => {
  await expect(verifier.verify(sign({ ...valid, iss: 'a-secret-by-mistake' }))).rejects.toThrow('"a-secr…"');
});

test.each([
  [undefined, ''],
  ['x.y.z', 'x.y.z'],
  ['Bearer x.y.z', 'x.y.z'],
  ['Bearer', ''],
  ['bearer  x.y.z ', 'x.y.z'],
])('reads the token of the header %j', (header, token) => {
  expect(tokenOf(header)).toBe(token);
});
