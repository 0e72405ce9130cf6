import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { isDistributed } from '../database/distributed-log.js';
import { mergingIndexes, sessionTables } from '../projection/session-tables.js';
import { followingSql, makingSql, securingSql } from './copies.js';

export const projectedTables = [...sessionTables.map(({ name }) => name), 'usage_delta', 'usage_cell', 'event_mark'];

/** A schema with an empty copy of each projected table. */
export interface Shadow {
  readonly name: string;
  readonly home: string;
  /** Number applied when the tables were copied. */
  readonly migrations: number;
  /** Statements for what merging has no use for: most indexes. */
  readonly finishing: readonly string[];
  readonly distributed: boolean;
  /** Statements for what does not move with its table. */
  readonly following: readonly string[];
}

/** Only such schemas are ever dropped. */
const namePattern = '^rebuilding_[0-9a-f]{12}$';

/** Copies everything in the catalog but triggers, rules, publications, security labels, and what is `finishing`. */
export async function makeShadow(client: pg.Client): Promise<Shadow> {
  const distributed = await isDistributed(client);
  const { rows } = await client.query<{ home: string; migrations: number; path: string }>(
    `select relnamespace::regnamespace::text as home, current_setting('search_path') as path, (${countMigrations('_prisma_migrations')}) as migrations
      from pg_class where oid = 'room'::regclass`,
  );
  const name = `rebuilding_${randomBytes(6).toString('hex')}`;
  // The catalog writes names as this path finds them.
  const finishing = [`set search_path = ${rows[0]!.path}`];
  const written = async (sql: string): Promise<string[]> => {
    const { rows } = await client.query<{ sql: string; later: boolean }>(sql, [name, projectedTables, mergingIndexes]);
    finishing.push(...rows.filter(({ later }) => later).map((row) => row.sql));
    return rows.filter(({ later }) => !later).map((row) => row.sql);
  };
  await client.query('begin');
  await client.query([`create schema ${name}`, ...(await written(makingSql))].join(';\n'));
  await client.query((await written(securingSql)).join(';\n'));
  const following = await written(followingSql);
  await client.query('commit');
  return { name, home: rows[0]!.home, migrations: rows[0]!.migrations, distributed, finishing, following };
}

export function countMigrations(table: string): string {
  return `select count(*)::int from ${table} where finished_at is not null`;
}

/** @throws Error that names an object depending on a live table, which could then not be replaced */
export async function refuseDependents(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ dependent: string; relation: string }>(
    `select coalesce(pg_describe_object('pg_class'::regclass, r.ev_class, 0), pg_describe_object(d.classid, d.objid, 0)) as dependent,
        t.oid::regclass::text as relation
      from pg_class t join pg_depend d on d.deptype = 'n' and (d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid
        or d.refclassid = 'pg_type'::regclass and d.refobjid in (t.reltype, (select typarray from pg_type where oid = t.reltype)))
      left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
      where t.oid = any($1::text[]::regclass[]) and not (d.refobjsubid <> 0
        and exists (select from pg_policy p where d.classid = 'pg_policy'::regclass and p.oid = d.objid and p.polrelid = t.oid))
      limit 1`,
    [projectedTables],
  );
  const [found] = rows;
  if (found) {
    throw new Error(
      `${found.dependent} depends on the table ${found.relation}, which a rebuild replaces. Drop it, and make it again afterwards.`,
    );
  }
}

/** Drops one shadow, or all that interrupted runs left. */
export async function dropShadows(client: pg.Client, name?: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select nspname as name from pg_namespace where nspname ~ $1 and nspname = coalesce($2, nspname)',
    [namePattern, name],
  );
  for (const shadow of rows) await client.query(`drop schema ${shadow.name} cascade`);
}
