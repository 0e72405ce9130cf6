import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Service, startService } from '../support/service.js';

const now = 1_795_000_000;
const lines: string[] = [];
const keep = (...parts: unknown[]): void => void lines.push(parts.map(String).join(' '));

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now * 1000 } });
  Logger.overrideLogger({ log: keep, error: keep, warn: keep, debug: keep, verbose: keep, fatal: keep });
});
afterAll(() => service.stop());
beforeEach(() => {
  lines.length = 0;
});

const body = '{"event":"room_started","id":"EV_log","room":{"sid":"RM_1","name":"one","turnPassword":"hush"}}';
const post = (authorization: string) => service.post(body, { headers: { authorization } });

test.each([
  [
    'expired',
    { exp: now - 500 },
    'Clock skew (401 TOKEN_EXPIRED), from 127.0.0.1 to "/webhook": The token expired 500 s ago',
  ],
  [
    'not yet valid',
    { nbf: now + 90 },
    'Clock skew (401 TOKEN_NOT_YET_VALID), from 127.0.0.1 to "/webhook": The token begins in 90 s',
  ],
])('a token that is %s is logged as clock skew, with the offset', async (_, claims, line) => {
  expect((await post(service.sign(claims))).status).toBe(401);
  expect(lines).toEqual([expect.stringContaining(line)]);
});

test('every refusal is logged, because LiveKit never repeats what was refused', async () => {
  expect((await post('nonsense')).status).toBe(401);
  expect((await service.post('[]')).status).toBe(400);
  expect((await service.post(' '.repeat(17 * 2 ** 20))).status).toBe(413);
  expect(lines).toEqual([
    expect.stringContaining('Webhook refused (401 TOKEN_MALFORMED)'),
    expect.stringContaining('Webhook refused (400 EVENT_INVALID)'),
    expect.stringContaining('Webhook refused (413 BODY_TOO_LARGE)'),
  ]);
});

test('no line holds a token, a secret or a body', async () => {
  const token = service.sign({ sha256: 'x' });
  await post(token);
  await post(service.sign({ iss: 'another-secret' }));
  await service.post(body);
  const text = lines.join('\n');
  for (const secret of [token, 'another-secret', 'hush']) expect(text).not.toContain(secret);
});
