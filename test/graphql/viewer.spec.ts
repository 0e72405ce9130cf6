import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { now } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
});
afterAll(() => service.stop());

it.each([
  ['the whole project', { roomList: true }, 'devkey', { project: 'default', room: null }],
  ['another project', { roomList: true }, 'acmekey', { project: 'acme', room: null }],
  ['one room', { roomAdmin: true, room: 'daily' }, 'devkey', { project: 'default', room: 'daily' }],
] as const)('a viewer of %s learns what the token says', async (_what, grants, key, expected) => {
  const token = await service.token(grants, { key, ttlSeconds: 600 });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const { data } = await service.query('{ viewer { project room expiresAt version lagSeconds } }', {}, token);
  const expiresAt = new Date(now + 600_000).toISOString();
  expect(data).toEqual({ viewer: { ...expected, expiresAt, version, lagSeconds: 0 } });
});
