import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { statementsOf } from './statements.js';
import { CannotStart } from '../settings/cannot-start.js';

/** The same path from src/database and from dist/database. */
export const migrationsFolder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

interface Migration {
  readonly name: string;
  readonly script: string;
  /** SHA-256 in hex, as Prisma writes it. */
  readonly checksum: string;
}

interface AppliedMigration {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

const bookkeeping = `CREATE TABLE _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies missing migrations and records them as Prisma does. The caller holds the migration lock.
 * @returns the names applied
 * @throws CannotStart if the database and the folder disagree
 */
export async function migrate(client: pg.Client, folder = migrationsFolder): Promise<string[]> {
  // CREATE TABLE IF NOT EXISTS demands the right to create it even where it exists.
  if (!(await isPrepared(client))) await client.query(bookkeeping);
  const migrations = readMigrations(folder);
  const missing = missingFrom(migrations, await readApplied(client));
  for (const migration of missing) await apply(client, migration);
  return missing.map((migration) => migration.name);
}

export async function isPrepared(client: pg.Client): Promise<boolean> {
  const text = "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists";
  return (await client.query<{ exists: boolean }>(text)).rows[0]!.exists;
}

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names
    .map(({ name }) => ({ name, script: readFileSync(join(folder, name, 'migration.sql'), 'utf8') }))
    .map(({ name, script }) => ({ name, script, checksum: hash('sha256', script) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readApplied(client: pg.Client): Promise<Map<string, AppliedMigration>> {
  const { rows } = await client.query<AppliedMigration>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  return new Map(rows.map((row) => [row.migration_name, row]));
}

function missingFrom(migrations: Migration[], applied: Map<string, AppliedMigration>): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of applied.values()) {
    const migration = known.get(row.migration_name);
    const name = `migration ${row.migration_name}`;
    if (row.finished_at === null) {
      throw new CannotStart(
        `${name} was begun on this database and never finished`,
        'Mend it by hand, then its row in _prisma_migrations',
      );
    }
    if (migration === undefined) {
      throw new CannotStart(
        `this database has ${name}, which this version does not know`,
        'Start the version that made it, or a newer one',
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new CannotStart(`${name} was changed after it was applied to this database`, 'Restore its script');
    }
  }
  return migrations.filter((migration) => !applied.has(migration.name));
}

/** A script with `-- no-transaction` holds one statement that Postgres runs only outside a transaction. */
async function apply(client: pg.Client, { name, script, checksum }: Migration): Promise<void> {
  const inside = !/^-- no-transaction\s*$/m.test(script);
  try {
    if (inside) await client.query('BEGIN');
    await client.query(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (gen_random_uuid(), $1, $2)',
      [checksum, name],
    );
    for (const statement of statementsOf(script)) await client.query(statement);
    await client.query(
      'UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE migration_name = $1 AND rolled_back_at IS NULL',
      [name],
    );
    if (inside) await client.query('COMMIT');
  } catch (error) {
    if (inside) await client.query('ROLLBACK').catch(() => undefined);
    throw new CannotStart(
      `migration ${name} failed on this database (${(error as Error).message})`,
      'Mend what it says, then start again',
    );
  }
}
