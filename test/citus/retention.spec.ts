import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { on, workersOf } from '../../harness/citus.js';
import { Database } from '../../src/database/database.js';
import { openStore } from '../../src/log/archive/store.js';
import { gaps, LOG, monthOf, type Piece } from '../../src/log/months.js';
import { readPartitions } from '../../src/log/partitions.js';
import { restoreMonth, unchanged } from '../../src/log/restore.js';
import { onCitus, ownCluster } from '../support/citus.js';
import { emptyFolder } from '../support/embedded.js';
import {
  commitAll,
  dependOn,
  divideFrom,
  keeping,
  letGo,
  logOf,
  partsOf,
  playedBetween,
} from '../support/log-months.js';
import { played } from '../support/load.js';
import { runService, type ServiceProcess } from '../support/process.js';
import { postSigned } from '../support/sign.js';
import { spoolFolder, untilDrained } from '../support/spooling.js';

const DAY = 86_400;
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function isThere(url: string, table: string): Promise<boolean> {
  const [row] = await on<{ there: boolean }>(url, 'select to_regclass($1) is not null as there', [table]);
  return row!.there;
}

async function kill(service: ServiceProcess): Promise<void> {
  service.child.kill('SIGKILL');
  await service.ended;
}

async function statusAt(url: string): Promise<string> {
  return ((await (await fetch(`${url}/health`)).json()) as { status: string }).status;
}

function openDatabase(url: string): Database {
  const database = new Database(url, 60_000);
  onTestFinished(() => database.onApplicationShutdown());
  return database;
}

describe.runIf(onCitus)('months of a distributed log', () => {
  test('go or stay as a whole, whoever is killed meanwhile', { timeout: 300_000 }, async () => {
    const cluster = await ownCluster();
    const { url } = cluster;
    const first = monthOf(nowSeconds() - 150 * DAY);
    await keeping(url, (log) => divideFrom(log, first));
    const database = openDatabase(url);
    const months = (await readPartitions(database.queries))!.filter(
      ({ from, to }) => from >= first && to <= Date.now(),
    );
    const [july, august] = months as [Piece, Piece];
    for (const { from } of months.slice(0, 4))
      await commitAll(database, playedBetween((from + DAY) * 1000, (from + 2 * DAY) * 1000, 200, from));
    const before = await logOf(database);
    const folder = emptyFolder();
    const textOf = ({ name }: Piece): string => name.slice(LOG.length + 1).replace('_', '-');
    const leaving = (piece: Piece): string => piece.name.replace(LOG, 'log_leaving');
    const env = { DATABASE_URL: url, LOG_RETENTION: '31d', ARCHIVE_DIR: folder };

    // Archived, and not dropped yet.
    const reader = await connect(url);
    await reader.query(`begin; lock table ${july.name} in access share mode`);
    const killed = runService(env);
    await expect
      .poll(() => existsSync(join(folder, 'webhook_event', textOf(july), 'manifest.json')), { interval: 5 })
      .toBe(true);
    await kill(killed);
    await reader.query('commit');
    expect(await logOf(database)).toEqual(before);

    // Out of the log, and not dropped yet.
    await dependOn(url, july);
    const killedAgain = runService(env);
    await expect.poll(() => isThere(url, leaving(july)), { interval: 5 }).toBe(true);
    await kill(killedAgain);
    await letGo(url, july);
    expect(await isThere(url, leaving(july))).toBe(true);
    expect(await on(url, `select count(*)::int as count from ${leaving(july)}`)).toEqual([{ count: 200 }]);
    expect(await partsOf(database)).not.toContain(july.name);

    // The same, and a worker dies.
    await dependOn(url, august);
    const service = runService({ ...env, SPOOL_DIR: spoolFolder() });
    await expect.poll(() => isThere(url, leaving(august)), { interval: 5 }).toBe(true);
    const at = await service.ready;
    await cluster.kill(2);
    await expect.poll(() => statusAt(at)).toBe('degraded');
    const body = JSON.parse(played(1)[0]!) as object;
    expect(await postSigned(at, body)).toBe(200);
    cluster.start();
    await letGo(url, august);
    await untilDrained(at);
    await expect.poll(() => statusAt(at)).toBe('ok');
    await kill(service);
    const last = runService(env);
    await last.ready;
    await expect.poll(() => partsOf(database), { timeout: 60_000 }).not.toContain(months[2]!.name);
    await expect.poll(() => isThere(url, leaving(months[2]!))).toBe(false);
    expect(await isThere(url, leaving(july))).toBe(false);
    expect(await isThere(url, leaving(august))).toBe(false);
    await kill(last);

    const store = (await openStore({ kind: 'folder', path: folder }))!;
    const dropped = await on<{ part: string }>(url, 'select part from log_drop order by part desc');
    expect(dropped.length).toBeGreaterThanOrEqual(3);
    for (const { part } of dropped)
      await keeping(url, (log) => restoreMonth(log, { store, rewrite: unchanged }, textOf({ name: part } as Piece)));
    const after = await logOf(database);
    expect(after).toHaveLength(before.length + 1);
    expect(after).toEqual(expect.arrayContaining(before));
  });

  test('are divided as a whole, whoever is killed meanwhile', { timeout: 300_000 }, async () => {
    const { url } = await ownCluster();
    const database = openDatabase(url);
    const made = (await readPartitions(database.queries))!;
    // As it was three months ago.
    const [ahead, ...others] = made.slice(-4) as [Piece, ...Piece[]];
    await on(url, `drop table ${[ahead, ...others].map(({ name }) => name).join(', ')}`);
    await on(
      url,
      `create table webhook_event_future partition of ${LOG} for values from (${ahead.from}) to (maxvalue)`,
    );
    await commitAll(database, playedBetween((ahead.from + DAY) * 1000, (ahead.from + 2 * DAY) * 1000, 200));
    const before = await logOf(database);

    // Somebody holds a part on one worker: whoever divides has locked the log by then, and waits no longer than for others.
    const [worker] = await workersOf(url);
    const holder = await connect(worker!);
    await holder.query('set citus.override_table_visibility = off');
    const [{ shard }] = (
      await holder.query<{ shard: string }>(
        String.raw`select relname as shard from pg_class where relname ~ '^webhook_event_future_\d+$' limit 1`,
      )
    ).rows as [{ shard: string }];
    await holder.query(`begin; select 1 from ${shard} limit 1`);
    const dividing = `select from pg_stat_activity where state = 'active' and query ^@ 'alter table webhook_event detach'`;
    for (let round = 0; round < 3; round++) {
      const service = runService({ DATABASE_URL: url });
      await expect.poll(() => on(url, dividing), { interval: 5 }).toHaveLength(1);
      await kill(service);
      expect(await logOf(database)).toEqual(before);
    }
    const other = runService({ DATABASE_URL: url });
    await expect.poll(() => on(url, dividing), { interval: 5 }).toHaveLength(1);
    const began = performance.now();
    await commitAll(database, playedBetween(Date.now() - 60_000, Date.now(), 20, 9));
    expect(performance.now() - began).toBeLessThan(3_000);
    await holder.query('commit');
    await other.ready;
    const pieces = (await readPartitions(database.queries))!;
    expect(gaps(pieces)).toEqual([]);
    expect(pieces.slice(-4)).toEqual([ahead, ...others]);
    expect(await logOf(database)).toHaveLength(before.length + 20);
    expect(await on(url, `select count(*)::int as count from ${ahead.name}`)).toEqual([{ count: 200 }]);
  });
});
