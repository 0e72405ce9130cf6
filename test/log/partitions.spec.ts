import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { prepare } from '../../src/database/prepare.js';
import { keepLog, rewritePartition } from '../../src/log/keep.js';
import { keepingLog } from '../../src/log/log-lock.js';
import { gaps } from '../../src/log/months.js';
import { readPartitions } from '../../src/log/partitions.js';
import { onCitus } from '../support/citus.js';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { query } from '../support/embedded.js';
import { played, postAll, startPosting } from '../support/load.js';
import { type Service, startService } from '../support/service.js';
import { allTaken, events, healthOf, postAll as statusesOf, spoolFolder, untilDrained } from '../support/spooling.js';

async function own(make: () => Promise<TestDatabase>): Promise<string> {
  const database = await make();
  onTestFinished(() => database.drop());
  return database.url;
}

async function start(databaseUrl: string, options: Parameters<typeof startService>[0] = {}): Promise<Service> {
  const service = await startService({ databaseUrl, ...options });
  onTestFinished(() => service.stop());
  return service;
}

/** A log as it was before it had partitions, with events. */
async function plainLog(count: number): Promise<string> {
  const [plain, divided] = [await own(createEmptyDatabase), await own(createDatabase)];
  await prepare(plain);
  const service = await startService({ databaseUrl: divided });
  await postAll(service, played(count));
  await service.stop();
  const rows = `[${(await rowsOf(divided)).join(',')}]`;
  await query(
    plain,
    `insert into webhook_event select * from json_populate_recordset(null::webhook_event, $q$${rows}$q$)`,
  );
  await query(plain, `select setval('webhook_event_seq_seq', (select max(seq) from webhook_event))`);
  return plain;
}

async function rowsOf(url: string): Promise<string[]> {
  const rows = await query(url, 'select row_to_json(e)::text as row from webhook_event e order by epoch, xid, seq');
  return rows.map(({ row }) => row as string);
}

const inSeconds = (time: number): number => Math.floor(time / 1000);

async function partitionsOf(url: string): Promise<string[]> {
  // Citus has a number after the name.
  const part = `regexp_replace(tableoid::regclass::text, '_\\d{6}$', '')`;
  const rows = await query(url, `select ${part} as part from webhook_event group by 1 order by 1`);
  return rows.map(({ part }) => part as string);
}

async function indexesOf(url: string, table: string): Promise<string[]> {
  const rows = await query(
    url,
    `select x.relname as name from pg_index i join pg_class x on x.oid = i.indexrelid where indrelid = '${table}'::regclass and indisvalid order by 1`,
  );
  return rows.map(({ name }) => (name as string).slice(table.length));
}

test('an empty database is divided before the first event', async () => {
  const url = await own(createEmptyDatabase);
  const service = await start(url);
  const pieces = (await readPartitions(service.database.queries))!;
  expect(gaps(pieces)).toEqual([]);
  expect(pieces.map(({ name }) => name)).toHaveLength(7);
  expect(await indexesOf(url, pieces[2]!.name)).toEqual(await indexesOf(url, 'webhook_event'));
  expect(await indexesOf(url, 'webhook_event')).toContain('_by_room');
});

test('events of any time have a place, by their own time', async () => {
  const service = await start(await own(createDatabase));
  const now = inSeconds(service.clock.now());
  const [event] = events(1);
  const odd = [undefined, 0, -5, 1, 1_000_000, now - 86_400 * 500, now, now + 86_400 * 500, 9_000_000_000_000];
  const bodies = odd.map((createdAt, at) => ({ ...event!, id: `EV_${at}`, createdAt }));
  expect(new Set(await statusesOf(service, bodies))).toEqual(allTaken);
  const month = new Date(now * 1000).toISOString().slice(0, 7).replace('-', '_');
  expect(await partitionsOf(service.database.url)).toEqual([
    `webhook_event_${month}`,
    'webhook_event_future',
    'webhook_event_past',
    'webhook_event_undated',
  ]);
});

test('a plain log is divided while events arrive, and loses or changes nothing', async () => {
  const url = await plainLog(1500);
  const before = await rowsOf(url);
  const service = await start(url);
  const more = played(600).map((body) => body.replaceAll('EV_', 'EV_more'));
  // Known ones raise their count of deliveries.
  const arrivals = startPosting(service, [
    ...more,
    ...before.slice(0, 200).map((row) => JSON.stringify(JSON.parse(row).payload)),
  ]);
  await expect.poll(() => readPartitions(service.database.queries), { timeout: 30_000 }).not.toBeNull();
  await arrivals.all;
  const after = (await rowsOf(url)).map((row) => JSON.parse(row) as { id: string; deliveries: number });
  const known = new Map(after.map((row) => [row.id, row]));
  expect(after).toHaveLength(2100);
  expect(after.filter(({ deliveries }) => deliveries === 2)).toHaveLength(200);
  for (const row of before) {
    const { deliveries: _, ...stored } = JSON.parse(row);
    expect(known.get(stored.id)).toMatchObject(stored);
  }
  expect(await query(url, 'select * from log_move')).toEqual([]);
  expect(await query(url, `select relname from pg_class where relname ^@ 'log_copy'`)).toEqual([]);
  expect(await query(url, `select count(*)::int as corrections from correction`)).toEqual([{ corrections: 0 }]);
  expect(await indexesOf(url, 'webhook_event')).toContain('_by_room');
});

test('a move that is broken off goes on where it stopped', async () => {
  const url = await plainLog(1200);
  const before = await rowsOf(url);
  const now = inSeconds(Date.now());
  const stopping = new AbortController();
  const begun = keepingLog(url, { wait: true, stopped: stopping.signal }, (keeping) => keepLog(keeping, now));
  begun.catch(() => undefined);
  await expect
    .poll(() => query(url, 'select page > 0 as copied from log_move'), { interval: 1 })
    .toEqual([{ copied: true }]);
  stopping.abort();
  await expect(begun).rejects.toThrow('aborted');
  await query(url, `update webhook_event set deliveries = 7 where id = (select min(id) from webhook_event)`);
  await query(url, `delete from webhook_event where id = (select max(id) from webhook_event)`);
  const changed = await rowsOf(url);
  await keepingLog(url, { wait: true }, (keeping) => keepLog(keeping, now));
  expect((await partitionsOf(url)).length).toBeGreaterThan(0);
  expect(await rowsOf(url)).toEqual(changed);
  expect(changed).toHaveLength(before.length - 1);
});

test('a partition is rewritten into another file while events arrive', async () => {
  const service = await start(await own(createDatabase));
  const { url } = service.database;
  await postAll(service, played(1000));
  const [part] = await partitionsOf(url);
  const fileOf = (): Promise<unknown> => query(url, `select pg_relation_filenode('${part}') as file`);
  const [file, before] = [await fileOf(), await rowsOf(url)];
  const arrivals = startPosting(
    service,
    played(500).map((body) => body.replaceAll('EV_', 'EV_more')),
  );
  await keepingLog(url, { wait: true }, (keeping) => rewritePartition(keeping, part!));
  await arrivals.all;
  const after = await rowsOf(url);
  expect(after).toHaveLength(1500);
  expect(after).toEqual(expect.arrayContaining(before));
  expect(await fileOf()).not.toEqual(file);
  const indexes = await indexesOf(url, part!);
  if (onCitus) expect(indexes).toHaveLength((await indexesOf(url, 'webhook_event')).length);
  else expect(indexes).toEqual(await indexesOf(url, 'webhook_event'));
});

// Citus has none: what it moves, it moves at once.
test.skipIf(onCitus)('an exchange gives way to a backup that has no locks yet', async () => {
  const url = await own(createDatabase);
  const backup = new pg.Client({ connectionString: url, application_name: 'pg_dump' });
  await backup.connect();
  const rewriting = keepingLog(url, { wait: true }, (keeping) => rewritePartition(keeping, 'webhook_event_past'));
  const gaveWay = `select query from pg_stat_activity where datname = current_database() and query = 'rollback'`;
  await expect.poll(() => query(url, gaveWay), { interval: 20 }).toHaveLength(1);
  expect(await query(url, 'select source from log_move')).toEqual([{ source: 'webhook_event_past' }]);
  await backup.end();
  await rewriting;
  expect(await query(url, 'select source from log_move')).toEqual([]);
});

test('a month turns while events arrive', async () => {
  const clock = { now: () => Date.parse('2027-03-31T23:59:50Z') };
  const service = await start(await own(createDatabase), { clock, settings: { spoolDir: null } });
  const { url } = service.database;
  const bodies = (from: string): string[] =>
    played(400).map((body, at) =>
      JSON.stringify({
        ...JSON.parse(body),
        id: `EV_${from}_${at}`,
        createdAt: inSeconds(Date.parse(from)) + (at % 20),
      }),
    );
  const arrivals = startPosting(service, [...bodies('2027-03-31T23:59:50Z'), ...bodies('2027-04-01T00:00:00Z')]);
  clock.now = () => Date.parse('2027-04-01T00:00:15Z');
  await arrivals.all;
  expect(await partitionsOf(url)).toEqual(['webhook_event_2027_03', 'webhook_event_2027_04']);
  const names = async (): Promise<(string | undefined)[]> =>
    (await readPartitions(service.database.queries))!.map(({ name }) => name);
  await expect.poll(names, { timeout: 15_000 }).toContain('webhook_event_2027_07');
});

test('what is in the future partition moves to the month that it needs', async () => {
  const url = await own(createDatabase);
  const clock = { now: () => Date.parse('2027-03-31T23:59:50Z') };
  const now = inSeconds(clock.now());
  const [event] = events(1);
  const before = await startService({ databaseUrl: url, clock: { now: () => Date.now() } });
  expect(
    await statusesOf(before, [
      { ...event!, createdAt: now },
      { ...event!, createdAt: 9_000_000_000 },
    ]),
  ).toEqual([200, 200]);
  await before.stop();
  expect(await partitionsOf(url)).toEqual(['webhook_event_future']);
  await start(url, { clock });
  expect(await partitionsOf(url)).toEqual(['webhook_event_2027_03', 'webhook_event_future']);
});

test.each(['dropped', 'detached'])('a partition that somebody %s is an outage, and heals by itself', async (how) => {
  const service = await start(await own(createDatabase), { settings: { spoolDir: spoolFolder() } });
  const { url } = service.database;
  const all = events(60);
  expect(new Set(await statusesOf(service, all.slice(0, 30)))).toEqual(allTaken);
  const month = (await partitionsOf(url)).at(-1)!;
  await query(url, how === 'dropped' ? `drop table ${month}` : `alter table webhook_event detach partition ${month}`);
  const statuses = statusesOf(service, all.slice(30));
  expect(new Set(await statuses)).toEqual(allTaken);
  await untilDrained(service.url);
  expect(await rowsOf(url)).toHaveLength(how === 'dropped' ? 30 : 60);
  expect(await query(url, 'select count(*)::int as problems from webhook_event where not projected')).toEqual([
    { problems: 0 },
  ]);
});

test('a missing partition of odd times holds up no other events', async () => {
  const url = await own(createDatabase);
  const service = await start(url, { settings: { spoolDir: spoolFolder() } });
  const [event, other] = events(2);
  // Nobody mends it while the lock is held.
  await keepingLog(url, { wait: true }, async () => {
    await query(url, 'alter table webhook_event detach partition webhook_event_past');
    expect(await statusesOf(service, [{ ...event!, createdAt: 1_000_000 }])).toEqual([200]);
    expect(await healthOf(service.url)).toMatchObject({ status: 200, intake: 'committing', entries: 1 });
    expect(await statusesOf(service, [{ ...other!, id: 'EV_other' }])).toEqual([200]);
    expect(await partitionsOf(url)).toHaveLength(1);
  });
  await untilDrained(service.url);
  expect(await partitionsOf(url)).toContain('webhook_event_past');
});
