import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { sessionTables } from '../projection/session-tables.js';

/** Every table that a rebuild replaces. */
export const projectedTables = [...sessionTables.map(({ name }) => name), 'usage_delta', 'usage_cell', 'event_mark'];

/** A schema with an empty copy of each projected table. */
export interface Shadow {
  readonly name: string;
  /** The schema of the live tables. */
  readonly home: string;
  /** Number applied when the tables were copied. */
  readonly migrations: number;
}

/** Only such schemas are ever dropped. */
const namePattern = '^rebuilding_[0-9a-f]{12}$';

/** Copies columns, indexes, constraints, storage settings, owner and grants. */
export async function makeShadow(client: pg.Client): Promise<Shadow> {
  const { rows } = await client.query<{ home: string; migrations: number }>(
    `select relnamespace::regnamespace::text as home, (${countMigrations('_prisma_migrations')}) as migrations
      from pg_class where oid = 'room'::regclass`,
  );
  const name = `rebuilding_${randomBytes(6).toString('hex')}`;
  const statements = await client.query<{ sql: string }>(copies, [name, projectedTables]);
  const script = [`create schema ${name}`, ...statements.rows.map(({ sql }) => sql)].join(';\n');
  await client.query(script);
  return { name, home: rows[0]!.home, migrations: rows[0]!.migrations };
}

export function countMigrations(table: string): string {
  return `select count(*)::int from ${table} where finished_at is not null`;
}

/** Statements that copy the tables $2 into the schema $1. */
const copies = `
  with live as (
    select c.*, c.relnamespace::regnamespace as home, t.at
    from unnest($2::text[]) with ordinality t(name, at) join pg_class c on c.oid = to_regclass(t.name)
  )
  select sql from (
    select at, 1 as step, format('create table %I.%I (like %s.%I including all excluding indexes)%s', $1::text, relname, home,
      relname, ' with (' || array_to_string(reloptions, ', ') || ')') as sql from live
    union all
    select at, 2, case
      when u.oid is null then replace(pg_get_indexdef(i.indexrelid), format(' ON %s.%I ', home, relname), format(' ON %I.%I ', $1, relname))
      else format('alter table %I.%I add constraint %I %s', $1, relname, u.conname, pg_get_constraintdef(u.oid)) end
    from live join pg_index i on i.indrelid = live.oid left join pg_constraint u on u.conindid = i.indexrelid and u.conrelid = i.indrelid
    union all
    select at, 3, format('grant %s on %I.%I to %s', privilege_type, $1, relname,
      case grantee when 0 then 'public' else grantee::regrole::text end || case when is_grantable then ' with grant option' else '' end)
    from live cross join aclexplode(relacl) where grantee <> relowner
    union all
    select at, 4, format('alter table %I.%I owner to %s', $1, relname, relowner::regrole)
    from live where relowner <> current_user::regrole
  ) statements order by at, step`;

/** @throws Error that names an object depending on a live table, which could then not be replaced */
export async function refuseDependents(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ dependent: string; relation: string }>(
    `select pg_describe_object(dependent.classid, dependent.objid, 0) as dependent, relation from (
        select 'pg_class'::regclass as classid, r.ev_class as objid, d.refobjid::regclass::text as relation
        from pg_depend d join pg_rewrite r on r.oid = d.objid
        where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = any($1::text[]::regclass[])
        union all
        select 'pg_constraint'::regclass, oid, confrelid::regclass::text from pg_constraint where confrelid = any($1::text[]::regclass[])
      ) dependent limit 1`,
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
