import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { commitEvents } from '../../harness/commit-events.js';
import { readBody } from '../../src/webhook/read-body.js';
import { readEvent, type LedgerEvent } from '../../src/livekit/event.js';
import { verify } from '../../src/rebuild/verify.js';
import { amount, seed } from '../support/amount.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { projected } from '../support/tables.js';
import { channelled, type Channelled } from '../support/world/history.js';
import type { SentEvent } from '../support/world/world.js';

const histories = amount('HISTORIES');
/** So many histories share a database transaction, each a project of its own with the same ids. */
const AT_ONCE = 50;
const arrival = Date.UTC(2026, 2, 3);

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createDatabase();
  database = new Database(home.url, 60_000);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await home.drop();
});

it(`holds the law for ${histories} histories of seed ${seed}`, { timeout: 7_200_000 }, async () => {
  const all = fc.sample(channelled, { numRuns: histories, seed });
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const broken = await brokenOf(all.slice(at, at + AT_ONCE), `h${at}`);
    if (broken >= 0) await shrink(at + broken);
    expect(broken).toBe(-1);
  }
  // Projected again from the log, in its order, everything is as it is.
  expect(await verify(database.url)).toMatchObject({ differing: 0, differences: [], marks: 0 });
});

/** Finds the smallest history that breaks the law like the one at `index`. */
async function shrink(index: number): Promise<void> {
  let attempt = 0;
  const property = fc.asyncProperty(channelled, async (history) => {
    expect(await violation([history], `s${attempt++}`)).toBeNull();
  });
  await fc.assert(property, { seed, path: String(index), numRuns: 1 });
  throw new Error(`history ${index} of seed ${seed} breaks the law only in company`);
}

async function brokenOf(some: readonly Channelled[], prefix: string): Promise<number> {
  return (await violation(some, prefix)) === null ? -1 : findAlone(some, prefix);
}

async function findAlone(some: readonly Channelled[], prefix: string): Promise<number> {
  for (const [at, history] of some.entries()) {
    if ((await violation([history], `${prefix}.${at}`)) !== null) return at;
  }
  return 0;
}

type Tables = Record<string, Record<string, unknown>[]>;

/** What the first history that breaks the law breaks; null when all hold it. */
async function violation(some: readonly Channelled[], prefix: string): Promise<unknown> {
  const ways = {
    inOrder: ({ arrived }: Channelled) => arrived.map((event) => [event]),
    channelled: ({ deliveries, cuts }: Channelled) => cut(deliveries, cuts),
    reversed: ({ deliveries }: Channelled) => [[...deliveries].reverse()],
    lossy: ({ arrived, victim }: Channelled) => [arrived.filter((_, at) => at !== victim)],
  };
  await Promise.all(Object.entries(ways).map(([way, batchesOf]) => commitAll(some.map(batchesOf), `${prefix}/${way}`)));
  await commitAtOnce(some, `${prefix}/together`);
  const tables = await readAll(prefix);
  for (const [at, history] of some.entries()) {
    const of = (way: string): Tables => tables.get(`${prefix}/${way}/${at}`) ?? {};
    for (const way of ['channelled', 'reversed', 'together']) {
      if (!sameTables(of('inOrder'), of(way))) return { at, way, history, inOrder: of('inOrder'), other: of(way) };
    }
    const unsound =
      unsoundIn(of('inOrder')) ?? lossBeyond(of('inOrder'), of('lossy'), lostOf(history, `${prefix}/lossy/${at}`));
    if (unsound) return { at, history, unsound };
  }
  return null;
}

function cut(deliveries: readonly SentEvent[], cuts: readonly number[]): SentEvent[][] {
  const bounds = [0, ...cuts, deliveries.length];
  return bounds.slice(1).map((end, at) => deliveries.slice(bounds[at], end));
}

/** Step by step: the next batch of every history together, so that projects meet in one transaction. */
async function commitAll(batches: readonly SentEvent[][][], prefix: string): Promise<void> {
  const steps = Math.max(...batches.map((list) => list.length));
  for (let step = 0; step < steps; step++) {
    const together = batches.flatMap((list, at) => (list[step] ?? []).map((event) => read(`${prefix}/${at}`, event)));
    if (together.length > 0) await commitEvents(database.intake, together);
  }
}

/** Many writers, each with every third delivery of every history. */
async function commitAtOnce(some: readonly Channelled[], prefix: string): Promise<void> {
  const writers = [0, 1, 2].map((writer) =>
    some.flatMap(({ deliveries }, at) =>
      deliveries.filter((_, index) => index % 3 === writer).map((event) => read(`${prefix}/${at}`, event)),
    ),
  );
  await Promise.all(
    writers.filter((events) => events.length > 0).map((events) => commitEvents(database.intake, events)),
  );
}

/** Sids are a history's own, as LiveKit's are; its ways share them. */
function read(project: string, event: SentEvent): LedgerEvent {
  const [prefix = '', , at = ''] = project.split('/');
  const body = JSON.stringify(event).replaceAll(/"(RM|PA|TR|EG|RT|AJ)_/g, `"$1_${prefix}.${at}.`);
  return readEvent(project, readBody(Buffer.from(body)), arrival);
}

/** Rows of all projects of the prefix, by project; a poisoned event is a row that no other way has. */
async function readAll(prefix: string): Promise<Map<string, Tables>> {
  const found = new Map<string, Tables>();
  const poisoned = '(select * from webhook_event where not projected)';
  for (const [table, from] of Object.entries({ ...projected, webhook_event: poisoned })) {
    const { rows } = await database.queries.query<{ project: string; row: Record<string, unknown> }>(
      `select project, to_jsonb(t) - 'project' as row from ${from} t
       where starts_with(project, $1) order by to_jsonb(t)::text`,
      [`${prefix}/`],
    );
    for (const { project, row } of rows) {
      const tables = found.get(project) ?? {};
      found.set(project, { ...tables, [table]: [...(tables[table] ?? []), row] });
    }
  }
  return found;
}

function sameTables(a: Tables, b: Tables): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(tables: Tables): unknown {
  return Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** No event that cannot be projected, no end before its start, nobody and nothing active in an ended room. */
function unsoundIn(tables: Tables): unknown {
  if (tables['webhook_event']) return { poisoned: tables['webhook_event'] };
  const rows = Object.values(tables).flat();
  const backwards = rows.find(
    (row) => row['ended_at'] && Date.parse(`${row['ended_at']}`) < Date.parse(`${row['started_at']}`),
  );
  const ended = new Set((tables['room'] ?? []).filter((row) => row['ended_at']).map((row) => row['sid']));
  const inside = [...(tables['participant'] ?? []), ...(tables['track'] ?? [])];
  const forgotten = inside.find((row) => !row['ended_at'] && ended.has(row['room_sid']));
  return backwards ?? forgotten ?? null;
}

const domains: Record<string, string> = {
  room: 'room_name',
  participant: 'room_name',
  track: 'room_name',
  egress: 'egress_id',
  ingress_session: 'ingress_id',
  agent_job: 'job_id',
};

function lostOf({ arrived, victim }: Channelled, project: string): LedgerEvent | null {
  const lost = arrived[victim];
  return lost ? read(project, lost) : null;
}

/** A row that the loss of one event changed, though it is not of the event's room name, egress, ingress or job. */
function lossBeyond(whole: Tables, lossy: Tables, lost: LedgerEvent | null): unknown {
  if (!lost) return null;
  const { ids, subject } = lost;
  const domain = { egress: ids.egressId, ingress: ids.ingressId, job: ids.jobId }[subject as 'egress'] ?? ids.roomName;
  for (const [table, column] of Object.entries(domains)) {
    const others = (tables: Tables): unknown[] => (tables[table] ?? []).filter((row) => row[column] !== domain);
    if (JSON.stringify(others(whole)) !== JSON.stringify(others(lossy)))
      return { table, lost: lost.message, whole, lossy };
  }
  return null;
}
