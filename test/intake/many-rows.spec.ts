import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Service, startService } from '../support/service.js';

/** Long enough for the loop to be blocked or a batch waited for, were either the case. */
const SOON_MS = 1_000;

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const createdAt = String(Math.floor(Date.now() / 1000));
const room = { sid: 'RM_crowd', name: 'crowd' };

/**
 * Posts joins of other rooms one after the other until `until` is over. Starts once its batch has begun: what joined
 * that batch would end with it.
 * @returns how long the slowest took, in ms
 */
async function slowestBeside(until: Promise<unknown>): Promise<number> {
  let [slowest, posted] = [0, 0];
  const state = { isOver: false };
  const over = until.then(() => (state.isOver = true));
  const { intake } = service.database;
  await vi.waitUntil(() => intake.totalCount > intake.idleCount, { interval: 1, timeout: 20_000 });
  while (!state.isOver) {
    const name = `beside-${posted++}`;
    const participant = { sid: `PA_${name}`, identity: name };
    const body = { event: 'participant_joined', id: name, createdAt, room: { sid: `RM_${name}`, name }, participant };
    const began = performance.now();
    expect((await service.post(JSON.stringify(body))).status).toBe(200);
    slowest = Math.max(slowest, performance.now() - began);
  }
  await over;
  expect(posted).toBeGreaterThan(2);
  return slowest;
}

async function fill(people: number): Promise<void> {
  await service.database.intake.query(
    `insert into participant (project, room_name, sid, room_sid, identity, state, started_at, start_source, last_seen_at,
        counted, publisher, kind, kind_details, hidden, dependent, attributes, first_seen_at, joined, has_track)
      select 'default', 'crowd', 'PA_' || n, 'RM_crowd', 'person-' || n, 'ACTIVE', now(), 'REPORTED', now(), true, true,
        'STANDARD', '[]', false, false, '{}', now(), true, true from generate_series(1, $1::int) n`,
    [people],
  );
}

it('ends a room of 10,000 people while others go on', { timeout: 60_000 }, async () => {
  await service.post(JSON.stringify({ event: 'room_started', id: 'start', createdAt, room }));
  await fill(10_000);
  const finishing = service.post(JSON.stringify({ event: 'room_finished', id: 'finish', createdAt, room }));
  expect(await slowestBeside(finishing)).toBeLessThan(SOON_MS);
  expect((await finishing).status).toBe(200);
  const { rows } = await service.database.queries.query(
    `select count(*)::int as ended from participant where room_sid = 'RM_crowd' and ended_at is not null`,
  );
  expect(rows).toEqual([{ ended: 10_000 }]);
});

it('takes an event of 38,000 tracks while others go on', { timeout: 60_000 }, async () => {
  const tracks = Array.from({ length: 38_000 }, (_, at) => ({ sid: `TR_${at}` }));
  const participant = { sid: 'PA_many', identity: 'many', tracks };
  const joining = service.post(
    JSON.stringify({ event: 'participant_joined', id: 'many', createdAt, room, participant }),
  );
  expect(await slowestBeside(joining)).toBeLessThan(SOON_MS);
  expect((await joining).status).toBe(200);
});
