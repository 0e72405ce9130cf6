import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { forge, sha256 } from '../support/sign.js';
import { type Service, startService } from '../support/service.js';

const now = 1_795_000_000;
const clock = { seconds: now, now: () => clock.seconds * 1000 };
const lines: string[] = [];
const keep = (...parts: unknown[]): void => void lines.push(parts.map(String).join(' '));

let service: Service;
beforeAll(async () => {
  service = await startService({ clock });
  Logger.overrideLogger({ log: keep, error: keep, warn: () => undefined });
});
afterAll(() => service.stop());

let count = 0;

/** Posts a new event as LiveKit does at `now`, or one again. */
function post(id = `EV_${++count}`, key = 'devkey'): Promise<Response> {
  const text = JSON.stringify({ event: 'room_started', id, createdAt: `${now}`, room: { sid: 'RM_1', name: 'one' } });
  const claims = { iss: key, nbf: now, exp: now + 300, sha256: sha256(text) };
  const authorization = forge({ claims, secret: service.settings.keys.get(key)!.secret });
  const headers = { authorization, 'content-type': 'application/webhook+json' };
  return fetch(`${service.url}/webhook`, { method: 'POST', headers, body: text });
}

async function statuses(times: number, id?: string): Promise<number[]> {
  const all: number[] = [];
  for (let at = 0; at < times; at++) all.push((await post(id)).status);
  return all;
}

async function health(): Promise<unknown[]> {
  const response = await fetch(`${service.url}/health`);
  const { status, clock: told } = (await response.json()) as { status: string; clock: string };
  return [response.status, status, told];
}

const well = [200, 'ok', 'ok'];

beforeEach(async () => {
  clock.seconds = now;
  await post();
  lines.length = 0;
});

describe.each([
  ['fast', 500, 'The token expired 200 s ago'],
  ['slow', -300, 'The token begins in 300 s'],
])('a clock that is %s', (_, offset, message) => {
  test('is doubted after five different bodies: what comes then is to be sent again', async () => {
    clock.seconds = now + offset;
    expect(await statuses(4)).toEqual([401, 401, 401, 401]);
    expect(await health()).toEqual(well);
    const doubted = await post();
    expect([doubted.status, doubted.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await doubted.json()).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(message) });
    expect(await statuses(3)).toEqual([503, 503, 503]);
    expect(await health()).toEqual([200, 'degraded', 'doubted']);
    expect(lines).toEqual([expect.stringContaining(`This service's clock or LiveKit's is wrong`)]);
    expect(lines[0]).toContain(message);

    clock.seconds = now;
    expect(await statuses(2)).toEqual([200, 200]);
    expect(await health()).toEqual(well);
    expect(lines[1]).toContain('agree again');
  });
});

test('one token that is repeated changes nothing', async () => {
  clock.seconds = now + 500;
  expect(new Set(await statuses(20, 'EV_again'))).toEqual(new Set([401]));
  expect(await health()).toEqual(well);
});

test('what is late among others that are in time changes nothing', async () => {
  for (let times = 0; times < 12; times++) {
    clock.seconds = now + 500;
    expect((await post()).status).toBe(401);
    if (times % 4 !== 3) continue;
    clock.seconds = now;
    expect((await post()).status).toBe(200);
  }
  expect(await health()).toEqual(well);
});

test('tokens that were made for no body, or are badly signed, change nothing', async () => {
  clock.seconds = now + 500;
  for (let at = 0; at < 10; at++) {
    const claims = { iss: 'devkey', nbf: now, exp: now + at };
    const made = [
      forge({ claims, secret: 'secret' }),
      forge({ claims: { ...claims, sha256: sha256(`${at}`) }, secret: 'x' }),
    ];
    for (const authorization of made) {
      const headers = { authorization, 'content-type': 'application/webhook+json' };
      expect((await fetch(`${service.url}/webhook`, { method: 'POST', headers, body: '{}' })).status).toBe(401);
    }
  }
  expect(await health()).toEqual(well);
});
