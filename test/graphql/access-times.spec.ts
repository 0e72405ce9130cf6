import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService } from '../support/service.js';

const start = Date.parse('2026-11-24T12:00:00.000Z');
let now = start;
let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
});
afterAll(() => service.stop());

async function statusOf(token: string): Promise<number> {
  return (await service.query('{ rooms { nodes { sid } } }', {}, token)).status;
}

describe('a token that was good before', () => {
  it('is refused once it has expired', async () => {
    const token = await service.token({ roomList: true }, { ttlSeconds: 60 });
    expect(await statusOf(token)).toBe(200);
    now = start + 119_000;
    expect(await statusOf(token)).toBe(200);
    now = start + 120_000;
    expect(await statusOf(token)).toBe(401);
    now = start;
  });

  it('is refused with another signature', async () => {
    const token = await service.token({ roomList: true });
    expect(await statusOf(token)).toBe(200);
    const [header, payload] = token.split('.');
    const [, , other] = (await service.token({ roomList: true }, { ttlSeconds: 61 })).split('.');
    expect(await statusOf([header, payload, other].join('.'))).toBe(401);
  });

  it('gives another token nothing', async () => {
    expect(await statusOf(await service.token({ roomList: true }))).toBe(200);
    expect(await statusOf(await service.token({ roomJoin: true }))).toBe(403);
  });
});
