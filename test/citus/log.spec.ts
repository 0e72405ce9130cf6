import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commitEvents } from '../../harness/commit-events.js';
import { connection } from '../../src/database/connection.js';
import { settledSnapshot, type Unsettled, unsettledSql } from '../../src/database/distributed-log.js';
import { readEvent } from '../../src/livekit/event.js';
import { readPartitions } from '../../src/log/partitions.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { verify } from '../../src/rebuild/verify.js';
import { amount } from '../support/amount.js';
import { createDatabase, createEmptyDatabase } from '../support/database.js';
import { on, workersOf } from '../../harness/citus.js';
import { onCitus } from '../support/citus.js';
import { played, postAll, startPosting } from '../support/load.js';
import { runProgram } from '../support/process.js';
import { type Service, startService } from '../support/service.js';
import { events, postAll as statusesOf, allTaken, spoolFolder, untilDrained } from '../support/spooling.js';
import { dumpTables } from '../support/tables.js';

async function start(databaseUrl: string, options: Parameters<typeof startService>[0] = {}): Promise<Service> {
  const service = await startService({ databaseUrl, ...options });
  onTestFinished(() => service.stop());
  return service;
}

async function own(make = createDatabase): Promise<string> {
  const database = await make();
  onTestFinished(() => database.drop());
  return database.url;
}

const inSeconds = (text: string): number => Date.parse(text) / 1000;

describe.runIf(onCitus)('a distributed log', () => {
  test('no snapshot calls an event committed that is not shown yet', { timeout: 300_000 }, async () => {
    const { database } = await start(await own());
    let written = 0;
    const stop = new AbortController();
    const write = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const some = Array.from({ length: 1 + (written % 7) }, () => {
          const id = `EV_${written++}`;
          const body = { event: 'room_started', id, createdAt: '1796031270', room: { sid: `RM_${id}`, name: id } };
          return readEvent('default', body, Date.now());
        });
        await commitEvents(database.intake, some);
      }
    };
    const writers = Array.from({ length: 4 }, write);
    const client = new pg.Client(connection(database.url));
    await client.connect();
    onTestFinished(() => client.end());
    /** How many of late that a snapshot calls committed. */
    const seen = async (snapshot: string): Promise<number> => {
      const { rows } = await client.query<{ count: number }>(
        `select count(*) from webhook_event where project = 'default' and epoch = 1 and xid > $2
          and pg_visible_in_snapshot(xid::text::xid8, $1::pg_snapshot)`,
        [snapshot, Number(snapshot.split(':')[1]) - 500],
      );
      return rows[0]!.count;
    };
    const taken: (readonly [kind: 'plain' | 'settled', snapshot: string, seen: number])[] = [];
    const count = amount('SNAPSHOTS');
    for (let at = 0; at < count; at++) {
      const { rows } = await client.query<{ plain: string }>('select pg_current_snapshot()::text as plain');
      const { plain } = rows[0]!;
      taken.push(['plain', plain, await seen(plain)]);
      const settled = settledSnapshot((await client.query<Unsettled>(unsettledSql())).rows[0]!);
      taken.push(['settled', settled, await seen(settled)]);
    }
    stop.abort();
    await Promise.all(writers);
    const missed = { plain: 0, settled: 0 };
    for (const [kind, snapshot, before] of taken) if ((await seen(snapshot)) > before) missed[kind]++;
    console.log(`${count} snapshots, ${written} events: those that missed some were ${JSON.stringify(missed)}`);
    expect(missed.settled).toBe(0);
  });

  test('is rebuilt and verified while events arrive', { timeout: 300_000 }, async () => {
    const url = await own();
    const [service, other] = [await start(url), await start(url)];
    const half = played(600);
    await postAll(service, half.slice(0, 300));
    const arrivals = [startPosting(service, half), startPosting(other, half)];
    expect(await rebuild(url)).toBeGreaterThan(0);
    expect((await verify(url)).differing).toBe(0);
    await Promise.all(arrivals.map(({ all }) => all));
    const tables = await dumpTables(service.database);
    expect(await rebuild(url)).toBe(600);
    expect(await dumpTables(service.database)).toEqual(tables);
    const plain = await start(await own(createEmptyDatabase));
    await postAll(plain, half);
    expect(await dumpTables(plain.database)).toEqual(tables);
  });

  test('has its months made ahead, and what the future held moves to its month', async () => {
    const url = await own();
    const now = Date.parse('2027-03-31T23:59:50Z');
    const [event] = events(1);
    const before = await startService({ databaseUrl: url });
    const statuses = await statusesOf(before, [
      { ...event!, createdAt: now / 1000 },
      { ...event!, createdAt: 9_000_000_000 },
    ]);
    expect(new Set(statuses)).toEqual(allTaken);
    await before.stop();
    const service = await start(url, { clock: { now: () => now } });
    const pieces = (await readPartitions(service.database.queries))!;
    expect(pieces.map(({ name }) => name).slice(-5)).toEqual(
      ['2027_03', '2027_04', '2027_05', '2027_06', 'future'].map((month) => `webhook_event_${month}`),
    );
    const rows = await on(url, 'select id, created_seconds::int8::text as at from webhook_event_2027_03');
    expect(rows).toEqual([{ id: event!.id, at: String(now / 1000) }]);
    expect(await on(url, 'select id from webhook_event_future')).toHaveLength(1);
    const distributed = `select count(*)::int as shards from citus_shards where table_name = 'webhook_event_2027_06'::regclass`;
    expect(await on(url, distributed)).toEqual([{ shards: 4 }]);
    expect(inSeconds('2027-04-01T00:00:00Z')).toBe(pieces.at(-5)!.to);
  });

  test.each(['dropped', 'detached'])('heals where somebody %s a partition', async (how) => {
    const url = await own();
    const service = await start(url, { settings: { spoolDir: spoolFolder() } });
    const all = events(60);
    expect(new Set(await statusesOf(service, all.slice(0, 30)))).toEqual(allTaken);
    const [{ month }] = (await on<{ month: string }>(
      url,
      `select 'webhook_event_' || to_char(to_timestamp(max(created_seconds)) at time zone 'UTC', 'YYYY_MM') as month from webhook_event`,
    )) as [{ month: string }];
    await on(url, how === 'dropped' ? `drop table ${month}` : `alter table webhook_event detach partition ${month}`);
    expect(new Set(await statusesOf(service, all.slice(30)))).toEqual(allTaken);
    await untilDrained(service.url);
    const rows = await on<{ count: number }>(url, 'select count(*)::int from webhook_event');
    expect(rows).toEqual([{ count: how === 'dropped' ? 30 : 60 }]);
  });

  test('shows events that name several rooms, people and jobs, as a plain one does', async () => {
    const [spread, plain] = [await start(await own()), await start(await own(createEmptyDatabase))];
    const bodies = played(300);
    const lists = 'events(first: 3) { totalCount { value } pageInfo { hasNextPage } nodes { id event payload } }';
    const question = `{ rooms { nodes { sid ${lists} participants { nodes { sid ${lists} } } } } egresses { nodes { id ${lists} } } }`;
    const answers: unknown[] = [];
    for (const service of [spread, plain]) {
      for (const body of bodies) await service.deliver(body);
      answers.push(await service.query(question));
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ errors: undefined });
  });

  test('ends a service that is pointed at a worker with a sentence', async () => {
    const url = await own();
    const [worker] = await workersOf(url);
    const lost = await runProgram('main', { DATABASE_URL: worker!, PORT: '0' }).ended;
    expect(lost.errors).toBe('DATABASE_URL leads to a worker of Citus. Give the URL of the coordinator.\n');
  });
});
