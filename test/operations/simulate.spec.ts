import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessToken } from '../../src/cli/access-token.js';
import { play } from '../../src/cli/simulate/play.js';
import { report, simulate } from '../../src/cli/simulate/run.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const env = { LIVEKIT_KEYS: 'devkey: secret\nacmekey@acme: acme-secret' };
const args = (...more: string[]) => ['--url', service.url, '--rate', '2000', '--count', '400', '--rooms', '5', ...more];

async function count(sql: string): Promise<number> {
  const { rows } = await service.database.queries.query<{ count: number }>(`select count(*)::int from ${sql}`);
  return rows[0]!.count;
}

test('plays rooms, people, recordings, streams and agents, and every event is taken', async () => {
  const outcome = await simulate(args('--seed', '7'), env, Date.now());
  expect(outcome).toMatchObject({ sent: 400, accepted: 400, refused: 0, firstRefusal: null });
  expect(report(outcome)).toMatch(
    /^sent 400, accepted 400, refused 0; answered in [\d.]+ ms \(p50\), [\d.]+ ms \(p99\)$/,
  );
  expect(await count('webhook_event where projected')).toBe(400);
  for (const table of ['room', 'participant', 'track', 'egress', 'ingress_session', 'agent_job']) {
    expect(await count(table), table).toBeGreaterThan(0);
    expect(await count(`${table} where ended_at is null`), table).toBeLessThanOrEqual(table === 'room' ? 1 : 0);
  }
});

test('signs with the key that is named', async () => {
  await simulate(args('--key', 'acmekey', '--count', '20'), env, Date.now());
  expect(await count(`webhook_event where project = 'acme'`)).toBe(20);
  await expect(simulate(args('--key', 'nobody'), env, Date.now())).rejects.toThrow(
    'The settings hold no key "nobody".',
  );
});

test('counts what is refused and says why', async () => {
  const outcome = await simulate(args('--count', '10'), { LIVEKIT_KEYS: 'devkey: wrong' }, Date.now());
  expect(outcome).toMatchObject({ sent: 10, accepted: 0, refused: 10 });
  expect(report(outcome)).toMatch(/first refusal: 401 .*SIGNATURE_INVALID/);
});

test('counts a service that is not there as refusing', async () => {
  const outcome = await simulate(['--url', 'http://127.0.0.1:1', '--count', '2'], env, Date.now());
  expect(outcome).toMatchObject({
    accepted: 0,
    refused: 2,
    firstRefusal: expect.stringMatching(/ECONNREFUSED|bad port/),
  });
});

test.each([
  [['--rate', '0'], '--rate must be a whole number from 1 to 100000.'],
  [['--span', 'long'], '--span must be a duration such as 500ms, 10s, 5m, 6h or 30d.'],
])('%j is refused', async (wrong, message) => {
  await expect(simulate(wrong, env, Date.now())).rejects.toThrow(message);
});

describe('a play', () => {
  const from = 1_795_000_000_000;
  const messages = (count: number, seed = 1) => [...play({ seed, rooms: 3, count, from, to: from + 60_000 })];
  const events = (count: number, seed?: number) => messages(count, seed).map(({ body }) => body.event);

  test.each([1, 2, 3, 10, 57, 500])('of %i events has exactly so many, and ends all but an odd room', (count) => {
    const played = events(count);
    expect(played).toHaveLength(count);
    const number = (event: string) => played.filter((one) => one === event).length;
    expect(number('room_started') - number('room_finished')).toBeOneOf([0, 1]);
    expect(number('participant_joined')).toBe(number('participant_left'));
    expect(number('track_published')).toBe(number('track_unpublished'));
    expect(number('egress_started')).toBe(number('egress_ended'));
    expect(number('ingress_started')).toBe(number('ingress_ended'));
  });

  test('is the same again for the same seed, with ids of its own', () => {
    expect(events(200, 5)).toEqual(events(200, 5));
    expect(events(200, 5)).not.toEqual(events(200, 6));
    const ids = [...messages(200, 5), ...messages(200, 5)].map(({ body }) => body['id']);
    expect(new Set(ids).size).toBe(400);
  });

  test('keeps the order of time within each key', () => {
    const last = new Map<string, number>();
    for (const { key, body } of messages(500)) {
      const at = Number(body['createdAt']);
      expect(at).toBeGreaterThanOrEqual(last.get(key) ?? 0);
      last.set(key, at);
    }
  });
});

describe('a token for queries', () => {
  test('reads the whole project of its key', async () => {
    const { token } = await accessToken(['--key', 'devkey'], env, Date.now());
    const { data, errors } = await service.query('{ rooms { totalCount { value } } }', {}, token);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ rooms: { totalCount: { value: await count(`room where project = 'default'`) } } });
  });

  test('reads one room name only with --room', async () => {
    const { token } = await accessToken(['--room', 'standup-1'], env, Date.now());
    const { data } = await service.query<{ rooms: { nodes: { name: string }[] } }>(
      '{ rooms { nodes { name } } }',
      {},
      token,
    );
    expect(new Set(data.rooms.nodes.map(({ name }) => name))).toEqual(new Set(['standup-1']));
  });

  test('is worth nothing at LiveKit, ends within an hour, and opens the page', async () => {
    const now = Date.now();
    const { token, link } = await accessToken(['--room', 'standup-1'], { ...env, HOST: '0.0.0.0', PORT: '3456' }, now);
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
    expect(Object.keys(claims).sort()).toEqual(['exp', 'iat', 'iss', 'nbf', 'roomledger']);
    expect(claims).toMatchObject({ roomledger: { read: true, room: 'standup-1' }, exp: Math.floor(now / 1000) + 3600 });
    expect(link).toBe(`http://127.0.0.1:3456/#token=${token}`);
  });

  test('ends after --ttl', async () => {
    const { token } = await accessToken(['--ttl', '90s'], env, Date.now() - 151_000);
    expect((await service.query('{ rooms { totalCount { value } } }', {}, token)).status).toBe(401);
    await expect(accessToken(['--ttl', 'x'], env, Date.now())).rejects.toThrow('--ttl must be a duration');
  });
});
