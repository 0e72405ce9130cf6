import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Writer } from '../../src/erased/writer.js';
import { commitEvents } from '../../harness/commit-events.js';
import { Database } from '../../src/database/database.js';
import { readEvent } from '../../src/livekit/event.js';
import { readBody } from '../../src/webhook/read-body.js';
import { LivekitApi } from '../../src/reconcile/livekit-api.js';
import { Reconciler, type Round } from '../../src/reconcile/reconciler.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { verify } from '../../src/rebuild/verify.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { LivekitServer, listed, pulse } from '../support/livekit-server.js';
import { dumpTables } from '../support/tables.js';
import { ToyLivekit, type ToyPerson, type ToyRoom } from '../support/toy-livekit.js';

const SECOND = 1000;
const MINUTE = 60_000;
const began = Date.UTC(2026, 2, 3, 10);
const later = began + 10 * MINUTE;

let home: TestDatabase;
let database: Database;
let livekit: ToyLivekit;
let server: LivekitServer;
let project: string;
let reconciler: Reconciler;
let projects = 0;
let sent = 0;

beforeAll(async () => {
  home = await createDatabase();
  database = new Database(home.url, 10_000);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await home.drop();
});
beforeEach(async () => {
  livekit = new ToyLivekit();
  server = await LivekitServer.start(livekit.answer);
  project = `p${projects++}`;
  reconciler = newReconciler();
});
afterEach(() => server.stop());

const newReconciler = (): Reconciler => new Reconciler(new Writer(database), project, new LivekitApi(server.account));

const ada: ToyPerson = { sid: 'PA_1', identity: 'ada', joinedAt: began, tracks: ['TR_1'] };
const daily = (): ToyRoom => ({ sid: 'RM_1', name: 'daily', createdAt: began, people: [ada] });

/** A webhook so many ms after the beginning. */
async function hear(at: number, event: string, what: object): Promise<void> {
  const createdAt = String(Math.floor((began + at) / 1000));
  const body = { event, id: `EV_${sent++}`, createdAt, ...what };
  await commitEvents(database.intake, [readEvent(project, readBody(Buffer.from(JSON.stringify(body))), began + at)]);
}

const messageOf = ({ sid, name, createdAt }: ToyRoom): object => ({ sid, name, creationTimeMs: String(createdAt) });
const personOf = ({ sid, identity, joinedAt }: ToyPerson): object => ({ sid, identity, joinedAtMs: String(joinedAt) });

/** LiveKit has the room, and told of it and of everybody in it. */
async function tell(...rooms: ToyRoom[]): Promise<void> {
  livekit.rooms.push(...rooms);
  for (const room of rooms) {
    await hear(room.createdAt - began, 'room_started', { room: messageOf(room) });
    for (const person of room.people) {
      const what = { room: messageOf(room), participant: personOf(person) };
      await hear(person.joinedAt - began, 'participant_joined', what);
      for (const sid of person.tracks ?? []) {
        const track = { sid, version: { unixMicro: `${person.joinedAt}000` } };
        await hear(person.joinedAt - began, 'track_published', { ...what, track });
      }
    }
  }
}

async function round(at: number, by = reconciler): Promise<Round> {
  const judged = await by.judge(at);
  await by.record(judged, at);
  return judged;
}

async function rounds(from: number, count: number): Promise<void> {
  for (let at = 0; at < count; at++) await round(from + at * 11 * SECOND);
}

type State = [id: string, endSource: string | null, lastSeenAt: number, startSource: string];

/** In the order of ids. */
async function states(): Promise<State[]> {
  const { rows } = await database.queries.query<{ state: State }>(
    `select json_build_array(sid, end_source, (extract(epoch from last_seen_at) * 1000)::bigint, start_source) as state
      from (select project, sid, end_source, last_seen_at, start_source from room
        union all select project, sid, end_source, last_seen_at, start_source from participant
        union all select project, sid, end_source, last_seen_at, start_source from track) s
      where project = $1 order by sid`,
    [project],
  );
  return rows.map(({ state }) => state);
}

async function endSources(): Promise<Record<string, string | null>> {
  return Object.fromEntries((await states()).map(([id, endSource]) => [id, endSource]));
}

async function found(): Promise<string[]> {
  const { rows } = await database.queries.query<{ name: string }>(
    `select event as name from webhook_event where project = $1 and starts_with(event, 'roomledger.') order by 1`,
    [project],
  );
  return rows.map(({ name }) => name);
}

const open = { PA_1: null, RM_1: null, TR_1: null };
const closed = { PA_1: 'RECONCILED', RM_1: 'RECONCILED', TR_1: 'RECONCILED' };

describe('reconciliation ends nothing', () => {
  beforeEach(() => tell(daily()));

  it('when a poll fails half-way, however often', async () => {
    await tell({ sid: 'RM_2', name: 'other', createdAt: began, people: [] });
    livekit.rooms = livekit.rooms.filter(({ name }) => name === 'other');
    livekit.instead = ({ method, request }) =>
      method === 'ListParticipants' && request.room === 'other' ? { status: 500, body: {} } : undefined;
    await rounds(later, 4);
    expect(await endSources()).toEqual({ ...open, RM_2: null });
    livekit.instead = () => undefined;
    await rounds(later + MINUTE, 2);
    expect(await endSources()).toEqual({ ...closed, RM_2: null });
  });

  it('when the lists are empty after an error, and the nodes answer', async () => {
    livekit.instead = ({ method }) => (method.startsWith('List') ? { status: 500, body: {} } : undefined);
    await rounds(later, 2);
    livekit.instead = ({ method }) =>
      method === 'ListRooms' || method === 'ListParticipants' ? listed('rooms', []) : undefined;
    await rounds(later + MINUTE, 5);
    expect(await endSources()).toEqual(open);
    expect(await found()).toEqual([]);
  });

  it('while LiveKit is away, for an hour', async () => {
    livekit.rooms = [];
    livekit.instead = () => null;
    for (let minute = 0; minute < 60; minute++) await round(later + minute * MINUTE);
    expect(await endSources()).toEqual(open);
    livekit.instead = () => undefined;
    await rounds(later + 60 * MINUTE, 2);
    expect(await endSources()).toEqual(closed);
  });

  it('when a proxy finds no LiveKit', async () => {
    livekit.instead = ({ method }) =>
      method === 'ListRooms' ? undefined : { status: 503, body: { error: 'no upstream' } };
    const { failures } = await round(later);
    expect([...failures.keys()]).toEqual(['rooms', 'egress', 'ingress']);
    livekit.instead = ({ method }) =>
      method === 'ListDispatch' || method === 'UpdateSubscriptions'
        ? { status: 503, body: { error: 'no upstream' } }
        : undefined;
    livekit.rooms = [];
    await rounds(later + MINUTE, 4);
    expect(await endSources()).toEqual(open);
  });

  it('of a name that Postgres cannot hold', async () => {
    const people = [{ ...ada, sid: 'PA_2', identity: 'e\u0000ve', tracks: [] }];
    await tell({ sid: 'RM_2', name: 'r\u0000om', createdAt: began, people });
    await rounds(later, 3);
    expect(await endSources()).toEqual({ ...open, RM_2: null, PA_2: null });
    expect(await found()).toEqual([]);
    expect((await states()).map(([, , at]) => at)).toEqual(Array(5).fill(later));
  });

  it('of a room that was born again while people were listed', async () => {
    const born = { ...daily(), sid: 'RM_2', createdAt: began + MINUTE, people: [{ ...ada, sid: 'PA_2', tracks: [] }] };
    await hear(5 * MINUTE, 'room_finished', { room: messageOf(daily()) });
    await hear(5 * MINUTE, 'room_started', { room: messageOf(born) });
    const lists = [[daily()], [born], [daily()], [born]];
    livekit.instead = ({ method }) => {
      if (method === 'ListRooms') livekit.rooms = lists.shift() ?? [born];
      return undefined;
    };
    await rounds(later, 2);
    expect(await endSources()).toEqual({ PA_1: 'CASCADED', RM_1: 'REPORTED', TR_1: 'CASCADED', RM_2: null });
    await rounds(later + MINUTE, 1);
    expect((await endSources())['PA_2']).toBeNull();
  });

  it('on one poll, nor on a second within ten seconds', async () => {
    livekit.rooms = [];
    await round(later);
    await round(later + 9 * SECOND);
    expect(await endSources()).toEqual(open);
    await round(later + 10 * SECOND);
    expect(await endSources()).toEqual(closed);
  });

  it('of which a webhook tells while the round is under way', async () => {
    livekit.rooms = [];
    await round(later);
    const judged = await reconciler.judge(later + MINUTE);
    expect(judged.findings).toHaveLength(3);
    const track = { sid: 'TR_1', version: { unixMicro: `${began}001` } };
    const what = { room: messageOf(daily()), participant: personOf(ada) };
    await hear(10 * MINUTE + 59 * SECOND, 'track_published', { ...what, track });
    await reconciler.record(judged, later + MINUTE);
    expect(await endSources()).toEqual(open);
    const participant = { ...personOf(ada), disconnectReason: 'CLIENT_INITIATED' };
    await hear(11 * MINUTE, 'participant_left', { ...what, participant });
    expect(await endSources()).toEqual({ PA_1: 'REPORTED', RM_1: null, TR_1: 'CASCADED' });
  });
});

describe('reconciliation', () => {
  it('writes one event for what two leaders found, at once', async () => {
    await tell(daily());
    const other = newReconciler();
    livekit.rooms = [];
    await Promise.all([round(later), round(later, other)]);
    const judged = await Promise.all([reconciler.judge(later + MINUTE), other.judge(later + MINUTE)]);
    await Promise.all([reconciler.record(judged[0], later + MINUTE), other.record(judged[1], later + MINUTE + 5)]);
    expect(await found()).toEqual(Array(3).fill('roomledger.reconciled'));
    expect(await endSources()).toEqual(closed);
    await round(later + 2 * MINUTE);
    expect(await found()).toHaveLength(3);
  });

  it('agrees with a leader that polled at other times', async () => {
    await tell(daily());
    const other = newReconciler();
    livekit.rooms = [];
    await round(later);
    await round(later + 3 * SECOND, other);
    const judged = [await reconciler.judge(later + MINUTE), await other.judge(later + MINUTE + SECOND)];
    for (const one of judged) await reconciler.record(one, later + MINUTE + SECOND);
    expect(await found()).toHaveLength(6);
    expect(await endSources()).toEqual(closed);
  });

  it('opens again what its node confirms after all', async () => {
    await tell(daily());
    livekit.rooms = [];
    await rounds(later, 2);
    livekit.rooms = [daily()];
    await rounds(later + 20 * MINUTE, 2);
    expect(await endSources()).toEqual(open);
    expect(new Set(await found())).toEqual(new Set(['roomledger.reconciled', 'roomledger.restored']));
  });

  it('confirms every open room, person and track at least every ten minutes', async () => {
    await tell(daily());
    for (let minute = 0; minute < 30; minute++) {
      const now = later + minute * MINUTE;
      await round(now);
      for (const [id, , lastSeenAt] of await states()) expect(now - lastSeenAt, id).toBeLessThan(10 * MINUTE);
    }
    expect(await found()).toEqual([]);
  });

  it('creates what it did not hear of, seen as late as its node confirmed it', async () => {
    livekit.rooms = [daily()];
    await rounds(later, 2);
    const seen = [null, later, 'RECONCILED'];
    expect(await states()).toEqual(['PA_1', 'RM_1', 'TR_1'].map((id) => [id, ...seen]));
  });

  it('puts nobody into a room that was told to be over, though it is listed', async () => {
    await tell({ ...daily(), people: [] });
    await hear(MINUTE, 'room_finished', { room: messageOf(daily()) });
    livekit.rooms = [daily()];
    await rounds(later, 3);
    expect(await endSources()).toEqual({ RM_1: 'REPORTED' });
  });

  it('takes nobody for alive whose identity joined again', async () => {
    await tell(daily());
    livekit.rooms = [{ ...daily(), people: [{ ...ada, sid: 'PA_2', joinedAt: later - MINUTE, tracks: [] }] }];
    await rounds(later, 2);
    expect(await endSources()).toEqual({ PA_1: 'SUPERSEDED', PA_2: null, RM_1: null, TR_1: 'CASCADED' });
  });

  it('keeps those whose room was born again around them, where their node confirms them', async () => {
    await tell(daily());
    await hear(5 * MINUTE, 'room_started', { room: messageOf(daily()) });
    expect(await endSources()).toEqual({ ...open, PA_1: 'CASCADED', TR_1: 'CASCADED' });
    await rounds(later, 1);
    expect(await endSources()).toEqual(open);
  });

  it('asks a dead node of what is closed once in ten minutes', async () => {
    await tell(daily());
    livekit.rooms = [{ ...daily(), dead: true }];
    await rounds(later, 3);
    expect(await endSources()).toEqual(closed);
    const asked = server.calls['ListDispatch']!;
    for (let minute = 1; minute <= 9; minute++) await round(later + minute * MINUTE);
    expect(server.calls['ListDispatch']).toBe(asked);
    await round(later + 11 * MINUTE);
    expect(server.calls['ListDispatch']).toBe(asked + 1);
  });

  it('ends dead rooms whose people LiveKit cannot list', async () => {
    await tell(daily());
    livekit.rooms = [{ ...daily(), dead: true }];
    livekit.instead = ({ method }) => (method === 'ListParticipants' ? pulse(false) : undefined);
    const { failures } = await round(later);
    expect(failures.size).toBe(0);
    await round(later + 11 * SECOND);
    expect(await endSources()).toEqual(closed);
  });
});

it('all of it is found again by a check, and by a rebuild', async () => {
  expect(await verify(database.url)).toMatchObject({ differing: 0, differences: [] });
  const live = await dumpTables(database);
  await rebuild(database.url);
  expect(await dumpTables(database)).toEqual(live);
});
