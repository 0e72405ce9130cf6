import { afterAll, beforeAll, expect, it } from 'vitest';
import { Writer } from '../../src/erased/writer.js';
import { commitEvents } from '../../harness/commit-events.js';
import { Database } from '../../src/database/database.js';
import { readEvent } from '../../src/livekit/event.js';
import { LivekitApi } from '../../src/reconcile/livekit-api.js';
import { Reconciler, type Round } from '../../src/reconcile/reconciler.js';
import { amount } from '../support/amount.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { LivekitServer } from '../support/livekit-server.js';
import { ToyLivekit, type ToyRoom } from '../support/toy-livekit.js';

const MINUTE = 60_000;
const PEOPLE = 10;
const began = Date.UTC(2026, 2, 3, 10);
const rooms = amount('LIVE_ROOMS');
const timeout = 3_600_000;

const livekit = new ToyLivekit();
let home: TestDatabase;
let database: Database;
let server: LivekitServer;
let reconciler: Reconciler;
let now = began + 10 * MINUTE;

beforeAll(async () => {
  home = await createDatabase();
  database = new Database(home.url, 60_000);
  server = await LivekitServer.start(livekit.answer);
  reconciler = new Reconciler(new Writer(database), 'default', new LivekitApi(server.account));
  livekit.rooms = Array.from({ length: rooms }, (_, at) => roomAt(at));
  for (let at = 0; at < rooms; at += 20) await tell(livekit.rooms.slice(at, at + 20));
  await database.queries.query('analyze');
}, timeout);
afterAll(async () => {
  await server.stop();
  await database.onApplicationShutdown();
  await home.drop();
});

function roomAt(at: number): ToyRoom {
  const people = Array.from({ length: PEOPLE }, (_, seat) => {
    const id = `${at}_${seat}`;
    return { sid: `PA_${id}`, identity: `person-${id}`, joinedAt: began, tracks: [`TR_${id}`] };
  });
  return { sid: `RM_${at}`, name: `room-${at}`, createdAt: began, people };
}

async function tell(some: readonly ToyRoom[]): Promise<void> {
  const events = some.flatMap(({ sid, name, people }) => {
    const room = { sid, name, creationTimeMs: String(began) };
    const of = people.flatMap(({ sid: personSid, identity, tracks }) => {
      const participant = { sid: personSid, identity, joinedAtMs: String(began) };
      const track = { sid: tracks![0], version: { unixMicro: `${began}000` } };
      return [
        { event: 'participant_joined', room, participant },
        { event: 'track_published', room, participant, track },
      ];
    });
    return [{ event: 'room_started', room }, ...of];
  });
  const createdAt = String(began / 1000);
  await commitEvents(
    database.intake,
    events.map((event, at) =>
      readEvent('default', { ...event, id: `EV_${some[0]!.sid}_${at}`, createdAt } as never, began),
    ),
  );
}

/** A round at the next minute. */
async function round(): Promise<Round> {
  now += MINUTE;
  const calls = total();
  const start = performance.now();
  const judged = await reconciler.judge(now);
  const asked = performance.now();
  await reconciler.record(judged, now);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const { findings, sightings } = judged;
  console.log(
    `asked for ${seconds(asked - start)}, recorded for ${seconds(performance.now() - asked)}: ${total() - calls} requests, ` +
      `${sightings.length} confirmed, ${findings.length} found, rss ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
  );
  expect(judged.failures.size).toBe(0);
  expect(performance.now() - start).toBeLessThan(MINUTE);
  return judged;
}

function total(): number {
  return Object.values(server.calls).reduce((sum, calls) => sum + calls, 0);
}

async function openRows(table: string): Promise<number> {
  const { rows } = await database.queries.query<{ open: number }>(
    `select count(*)::int as open from ${table} where ended_at is null`,
  );
  return rows[0]!.open;
}

it('asks of every room and person within ten minutes, a round of it within a minute', { timeout }, async () => {
  for (let minute = 0; minute < 10; minute++) expect((await round()).findings).toEqual([]);
  const { rows } = await database.queries.query(
    `select 1 from (select last_seen_at from room union all select last_seen_at from participant) s where last_seen_at < $1`,
    [new Date(now - 10 * MINUTE)],
  );
  expect(rows).toEqual([]);
});

it('ends what half of all nodes leave behind in two rounds, each within a minute', { timeout }, async () => {
  for (const room of livekit.rooms.slice(0, rooms / 2)) room.dead = true;
  livekit.deadAfterMs = amount('DEAD_MS');
  await round();
  await round();
  expect(await Promise.all(['room', 'participant', 'track'].map(openRows))).toEqual([
    rooms / 2,
    (rooms / 2) * PEOPLE,
    (rooms / 2) * PEOPLE,
  ]);
  await round();
});
