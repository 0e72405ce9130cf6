import { beforeAll, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/database/database.module.js';
import { Database } from '../../src/database/database.js';
import { readSettings } from '../../src/settings/settings.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { query } from '../support/embedded.js';

let target: TestDatabase;
let database: Database;

beforeAll(async () => {
  target = await createEmptyDatabase();
  await query(target.url, `ALTER DATABASE ${new URL(target.url).pathname.slice(1)} SET TimeZone = 'Europe/Berlin'`);
  database = await openDatabase(readSettings({ DATABASE_URL: target.url, STATEMENT_TIMEOUT: '1234ms' }));
  return async () => {
    await database.onApplicationShutdown();
    await target.drop();
  };
});

async function show(pool: Database['intake'], setting: string): Promise<unknown> {
  return (await pool.query<{ value: string }>('SELECT current_setting($1) AS value', [setting])).rows[0]?.value;
}

test('is migrated when it is open', async () => {
  expect((await database.queries.query('SELECT epoch FROM log_epoch')).rows).toEqual([{ epoch: 1 }]);
});

test("keeps times in UTC, whatever the server's zone", async () => {
  expect(await show(database.intake, 'TimeZone')).toBe('UTC');
  expect(await show(database.queries, 'TimeZone')).toBe('UTC');
  const at = new Date('2026-07-01T12:00:00Z');
  const log = {
    project: 'default',
    id: 'EV_1',
    createdSeconds: 0n,
    event: '',
    epoch: 1,
    deliveries: 1,
    projected: true,
  };
  await database.prisma.webhookEvent.create({ data: { ...log, createdAt: at, receivedAt: at, payload: {} } });
  expect(await query(target.url, "SELECT received_at = '2026-07-01T12:00:00Z' AS same FROM webhook_event")).toEqual([
    { same: true },
  ]);
});

test('lets queries read only, each for a bounded time', async () => {
  expect(await show(database.queries, 'statement_timeout')).toBe('1234ms');
  await expect(database.queries.query('DELETE FROM log_epoch')).rejects.toThrow('read-only transaction');
});

test('commits on the disk where the server would not wait for it, and as strictly as it does', async () => {
  const name = new URL(target.url).pathname.slice(1);
  const commitsOf = async (setting: string): Promise<unknown> => {
    await query(target.url, `ALTER DATABASE ${name} SET synchronous_commit = ${setting}`);
    const lax = new Database(target.url, 1_000);
    return show(lax.intake, 'synchronous_commit').finally(() => lax.onApplicationShutdown());
  };
  expect([await commitsOf('off'), await commitsOf('remote_apply'), await commitsOf('local')]).toEqual([
    'on',
    'remote_apply',
    'local',
  ]);
});

test('plans intake by key, in a pipeline', async () => {
  expect(await show(database.intake, 'plan_cache_mode')).toBe('force_generic_plan');
  expect(await show(database.intake, 'enable_seqscan')).toBe('off');
  const client = await database.intake.connect();
  expect(
    (await Promise.all([client.query('SELECT 1 AS n'), client.query('SELECT 2 AS n')])).map(({ rows }) => rows[0]),
  ).toEqual([{ n: 1 }, { n: 2 }]);
  client.release();
});

test('goes on after its connections were cut', async () => {
  await Promise.all([
    database.intake.query('SELECT 1'),
    database.queries.query('SELECT 1'),
    database.prisma.logEpoch.count(),
  ]);
  await query(
    target.url,
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  const answers = async (): Promise<void> => {
    await database.intake.query('SELECT 1');
    await database.queries.query('SELECT 1');
    expect(await database.prisma.logEpoch.count()).toBe(1);
  };
  await vi.waitFor(answers, { timeout: 20_000, interval: 20 });
});

test('outlives a connection that is cut while it is in use', async () => {
  const client = await database.intake.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const ended = new Promise((resolve) => client.once('end', resolve));
  await query(target.url, `SELECT pg_terminate_backend(${rows[0]?.pid})`);
  await ended;
  await expect(client.query('SELECT 1')).rejects.toThrow('not queryable');
  client.release(true);
  expect((await database.intake.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
});
