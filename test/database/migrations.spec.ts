import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { migrationsFolder } from '../../src/database/migrate.js';
import { prepare } from '../../src/database/prepare.js';
import { createDatabase, createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { query } from '../support/embedded.js';

let database: TestDatabase;

beforeEach(async () => {
  database = await createEmptyDatabase();
  return () => database.drop();
});

const applied = (): Promise<Record<string, unknown>[]> =>
  query(
    database.url,
    'SELECT migration_name, finished_at IS NOT NULL AS finished, applied_steps_count FROM _prisma_migrations ORDER BY 1',
  );

/** A migrations folder of these scripts, by name. */
function folderOf(scripts: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'roomledger-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, script] of Object.entries(scripts)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'migration.sql'), script);
  }
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n');
  return folder;
}

const one = 'CREATE TABLE one (n int);';
const two = 'CREATE TABLE two (n int); CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;';

test('applies what is missing, in order, once', async () => {
  expect(await prepare(database.url, folderOf({ '1_one': one }))).toEqual(['1_one']);
  const folder = folderOf({ '2_two': two, '1_one': one });
  expect(await prepare(database.url, folder)).toEqual(['2_two']);
  expect(await prepare(database.url, folder)).toEqual([]);
  expect(await applied()).toEqual([
    { migration_name: '1_one', finished: true, applied_steps_count: 1 },
    { migration_name: '2_two', finished: true, applied_steps_count: 1 },
  ]);
});

test("writes Prisma's checksum: the script's SHA-256", async () => {
  await prepare(database.url, folderOf({ '1_one': one }));
  const sum = "encode(sha256(convert_to('CREATE TABLE one (n int);', 'UTF8')), 'hex')";
  expect(await query(database.url, `SELECT checksum = ${sum} AS same FROM _prisma_migrations`)).toEqual([
    { same: true },
  ]);
});

test('applies each once when eight starters come at once', async () => {
  const starters = Array.from({ length: 8 }, () => prepare(database.url));
  const applications = (await Promise.all(starters)).filter((names) => names.length > 0);
  expect(applications).toHaveLength(1);
  expect(await query(database.url, 'SELECT epoch FROM log_epoch')).toEqual([{ epoch: 1 }]);
});

test('builds an index concurrently while other starters wait', async () => {
  const folder = folderOf({ '1_one': one, '2_index': '-- no-transaction\nCREATE INDEX CONCURRENTLY by_n ON one (n);' });
  const starters = Array.from({ length: 4 }, () => prepare(database.url, folder));
  expect((await Promise.all(starters)).flat()).toEqual(['1_one', '2_index']);
});

test('leaves nothing of a migration that fails, and says which', async () => {
  const folder = folderOf({ '1_one': one, '2_bad': 'CREATE TABLE three (n int); SELECT 1/0;' });
  await expect(prepare(database.url, folder)).rejects.toThrow(
    'Migration 2_bad failed on this database (division by zero).',
  );
  expect(await applied()).toEqual([{ migration_name: '1_one', finished: true, applied_steps_count: 1 }]);
  expect(await query(database.url, "SELECT to_regclass('three') AS three")).toEqual([{ three: null }]);
});

test('refuses a migration that was changed after it was applied', async () => {
  await prepare(database.url, folderOf({ '1_one': one }));
  const changed = prepare(database.url, folderOf({ '1_one': `${one} ` }));
  await expect(changed).rejects.toThrow('Migration 1_one was changed after it was applied to this database.');
});

test('refuses a database of a newer version', async () => {
  await prepare(database.url, folderOf({ '1_one': one, '2_two': two }));
  await expect(prepare(database.url, folderOf({ '1_one': one }))).rejects.toThrow(
    'has migration 2_two, which this version does not know',
  );
});

test('refuses a migration that was begun and never finished', async () => {
  const folder = folderOf({ '1_one': one });
  await prepare(database.url, folder);
  await query(database.url, 'UPDATE _prisma_migrations SET finished_at = NULL');
  await expect(prepare(database.url, folder)).rejects.toThrow(
    'Migration 1_one was begun on this database and never finished',
  );
  await query(database.url, 'UPDATE _prisma_migrations SET rolled_back_at = now()');
  await query(database.url, 'DROP TABLE one');
  expect(await prepare(database.url, folder)).toEqual(['1_one']);
});

test('says which server does not answer, without its password', async () => {
  const url = Object.assign(new URL(database.url), { port: '1', password: 'hunter2' }).href;
  const refused = prepare(url);
  await expect(refused).rejects.toThrow(
    /^No connection to the database at \S+:1 \(.*\)\. Check its URL in the settings, and that the server runs\.$/,
  );
  await expect(refused).rejects.not.toThrow('hunter2');
});

test('finds the migrations of the project', () => {
  expect(migrationsFolder).toBe(join(process.cwd(), 'prisma/migrations'));
});

test("raises the log's epoch once where the log has seen later transactions", async () => {
  const restored = await createDatabase();
  onTestFinished(() => restored.drop());
  const log = (project: string, xid: string, epoch: number): Promise<unknown> =>
    query(
      restored.url,
      `INSERT INTO webhook_event (project, id, created_seconds, event, created_at, received_at, deliveries, projected, payload, epoch, xid)
       VALUES ('${project}', 'EV_${xid}', 1, 'room_started', now(), now(), 1, true, '{}', ${epoch}, ${xid})`,
    );
  const epochs = (): Promise<Record<string, unknown>[]> => query(restored.url, 'SELECT epoch FROM log_epoch');

  await log('a', '3', 1);
  await prepare(restored.url);
  expect(await epochs()).toEqual([{ epoch: 1 }]);

  await log('b', '4000000000000', 1);
  await Promise.all([prepare(restored.url), prepare(restored.url), prepare(restored.url)]);
  expect(await epochs()).toEqual([{ epoch: 2 }]);

  await query(
    restored.url,
    `INSERT INTO log_drop (part, epoch, xid, seq, created_until, received_until, rows) VALUES ('webhook_event_2026_01', 2, 4000000000000, 1, now(), now(), 1)`,
  );
  await prepare(restored.url);
  expect(await epochs()).toEqual([{ epoch: 3 }]);

  await log('b', '5', 3);
  await prepare(restored.url);
  expect(await epochs()).toEqual([{ epoch: 3 }]);
});
