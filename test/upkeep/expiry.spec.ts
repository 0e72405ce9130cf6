import { beforeEach, describe, expect, it } from 'vitest';
import { Writer } from '../../src/erased/writer.js';
import { commitEvents } from '../../harness/commit-events.js';
import { Database } from '../../src/database/database.js';
import { readEvent } from '../../src/livekit/event.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { verify } from '../../src/rebuild/verify.js';
import { expire } from '../../src/upkeep/expiry.js';
import { recordSightings } from '../../src/upkeep/sightings.js';
import { createDatabase } from '../support/database.js';
import { dumpTables } from '../support/tables.js';

const HOUR = 3_600_000;
const began = Date.UTC(2026, 2, 3, 10);
const room = { sid: 'RM_1', name: 'daily', creationTimeMs: String(began), creationTime: String(began / 1000) };
const ada = {
  sid: 'PA_1',
  identity: 'ada',
  joinedAtMs: String(began),
  joinedAt: String(began / 1000),
  state: 'ACTIVE',
};

let database: Database;
let sent = 0;

beforeEach(async () => {
  const home = await createDatabase();
  database = new Database(home.url, 10_000);
  return async () => {
    await database.onApplicationShutdown();
    await home.drop();
  };
});

/** A webhook so many seconds after the beginning. */
async function hear(seconds: number, event: string, what: object): Promise<void> {
  const createdAt = began / 1000 + seconds;
  const body = { event, id: `EV_${sent++}`, createdAt: String(createdAt), ...what };
  await commitEvents(database.intake, [readEvent('default', body as never, createdAt * 1000 + 100)]);
}

const expireAt = (hours: number, askedAt: () => number | null | undefined = () => undefined) =>
  expire(new Writer(database), { now: began + hours * HOUR, expireAfterMs: 24 * HOUR, askedAt });

type Ended = [id: string, endedAt: string | null, source: string | null, uncertaintySeconds: number | null];

async function ends(): Promise<Ended[]> {
  const { rows } = await database.queries.query<{ end: Ended }>(
    `select json_build_array(id, to_char(ended_at at time zone 'utc', 'DD HH24:MI:SS'), end_source, end_uncertainty_ms / 1000) as end from (
      select sid as id, ended_at, end_source, end_uncertainty_ms from room
      union all select sid, ended_at, end_source, end_uncertainty_ms from participant
      union all select egress_id, ended_at, end_source, end_uncertainty_ms from egress
      union all select job_id, ended_at, end_source, end_uncertainty_ms from agent_job
    ) s order by id`,
  );
  return rows.map(({ end }) => end);
}

describe('a session of which nobody has heard', () => {
  beforeEach(async () => {
    await hear(0, 'room_started', { room });
    await hear(60, 'participant_joined', { room, participant: ada });
  });

  it('ends after a day, where it was last seen', async () => {
    expect(await expireAt(24)).toBe(0);
    expect(await expireAt(24.1)).toBe(1);
    expect(await ends()).toEqual([
      ['PA_1', '03 10:01:00', 'CASCADED', 1],
      ['RM_1', '03 10:01:00', 'EXPIRED', 86_400],
    ]);
    expect(await expireAt(24.2)).toBe(0);
  });

  it('is open again once a later event comes', async () => {
    await expireAt(24.1);
    await hear(90_000, 'track_published', { room, participant: ada, track: { sid: 'TR_1' } });
    expect(await ends()).toEqual([
      ['PA_1', null, null, null],
      ['RM_1', null, null, null],
    ]);
  });

  it('ends as LiveKit says once it does', async () => {
    await expireAt(24.1);
    const left = { ...ada, disconnectReason: 'CLIENT_INITIATED' };
    await hear(3600, 'participant_left', { room, participant: left });
    await hear(3700, 'room_finished', { room });
    expect(await ends()).toEqual([
      ['PA_1', '03 11:00:00', 'REPORTED', 1],
      ['RM_1', '03 11:01:40', 'REPORTED', 1],
    ]);
  });

  it('stays open while LiveKit cannot be asked, and where it was confirmed', async () => {
    expect(await expireAt(24.1, () => null)).toBe(0);
    expect(await expireAt(24.1, () => began)).toBe(0);
    const ids = { roomName: 'daily', roomSid: 'RM_1' };
    await recordSightings(new Writer(database), [
      { session: { kind: 'ROOM', project: 'default', ...ids }, seenAt: began + 20 * HOUR },
      {
        session: { kind: 'PARTICIPANT', project: 'default', ...ids, participantSid: 'PA_1' },
        seenAt: began + 20 * HOUR,
      },
    ]);
    expect(await expireAt(24.1, () => began + 24 * HOUR)).toBe(0);
    expect(await expireAt(44.1, () => began + 44 * HOUR)).toBe(1);
    expect((await ends())[1]).toEqual(['RM_1', '04 06:00:00', 'EXPIRED', 86_400]);
  });

  it('is the same after a rebuild, with what was sighted', async () => {
    const session = { kind: 'ROOM', project: 'default', roomName: 'daily', roomSid: 'RM_1' } as const;
    await recordSightings(new Writer(database), [{ session, seenAt: began + HOUR }]);
    await expireAt(25.1);
    const before = await dumpTables(database);
    expect(await verify(database.url)).toMatchObject({ differing: 0, differences: [] });
    await rebuild(database.url);
    expect(await dumpTables(database)).toEqual(before);
    expect(before['room']![0]).toContain('"last_seen_at":"2026-03-03T11:00:00+00:00"');
  });
});

it('ends a room in which nobody is left, ten minutes after LiveKit would have', async () => {
  const brief = { ...room, departureTimeout: 30 };
  await hear(0, 'room_started', { room: brief });
  await hear(0, 'participant_joined', { room: brief, participant: ada });
  await hear(600, 'participant_left', { room: brief, participant: { ...ada, disconnectReason: 'CLIENT_INITIATED' } });
  expect(await expireAt((600 + 630) / 3600)).toBe(0);
  expect(await expireAt((600 + 631) / 3600)).toBe(1);
  expect(await ends()).toEqual([
    ['PA_1', '03 10:10:00', 'REPORTED', 1],
    ['RM_1', '03 10:10:00', 'EXPIRED', 630],
  ]);
});

it('ends a room that nobody joined by its empty timeout', async () => {
  await hear(0, 'room_started', { room: { ...room, emptyTimeout: 60, departureTimeout: 30 } });
  expect(await expireAt(661 / 3600)).toBe(1);
  expect(await ends()).toEqual([['RM_1', '03 10:00:00', 'EXPIRED', 660]]);
});

it('ends egress an hour, and jobs ten minutes after their room, where it ended', async () => {
  await hear(0, 'room_started', { room });
  const startedAt = `${began}000000`;
  await hear(0, 'egress_started', {
    egressInfo: { egressId: 'EG_1', roomId: 'RM_1', roomName: 'daily', status: 'EGRESS_ACTIVE', startedAt },
  });
  await hear(0, 'agent_job_started', {
    job: { id: 'AJ_1', room: { sid: 'RM_1', name: 'daily' }, state: { startedAt } },
  });
  await hear(600, 'room_finished', { room });
  expect(await expireAt(1200 / 3600)).toBe(0);
  expect(await expireAt(1201 / 3600)).toBe(1);
  expect(await expireAt(4200 / 3600)).toBe(0);
  expect(await expireAt(4201 / 3600)).toBe(1);
  expect(await ends()).toEqual([
    ['AJ_1', '03 10:10:00', 'EXPIRED', 600],
    ['EG_1', '03 10:10:00', 'EXPIRED', 3600],
    ['RM_1', '03 10:10:00', 'REPORTED', 1],
  ]);
});

it('takes no finding from a webhook, and remembers that after a rebuild', async () => {
  await hear(0, 'room_started', { room });
  const roomledger = {
    kind: 'ROOM',
    roomName: 'daily',
    roomSid: 'RM_1',
    firstSeenAt: began,
    lastSeenAt: began,
    endedAt: began,
    limitMs: 1,
  };
  const forged = { event: 'roomledger.expired', id: 'roomledger:forged', createdAt: String(began / 1000), roomledger };
  await commitEvents(database.intake, [readEvent('default', forged, began)]);
  await rebuild(database.url);
  expect(await ends()).toEqual([['RM_1', null, null, null]]);
  const logged = await database.prisma.webhookEvent.findFirst({ where: { id: { startsWith: 'webhook:' } } });
  expect(logged).toMatchObject({ id: 'webhook:forged', problem: 'unknown event name "roomledger.expired"' });
});
