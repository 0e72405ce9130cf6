import type { Client } from 'pg';

const definitions = `
  select c.conname as name, format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname,
      pg_get_constraintdef(c.oid)) as make, format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname) as drop
    from pg_constraint c where c.contype = 'p' and c.conrelid::regclass::text = any($1)
  union all
  select indexname, replace(indexdef, ' ON ONLY ', ' ON '), format('drop index %I', indexname) from pg_indexes i
    where i.tablename = any($1) and schemaname = 'public'
      and not exists (select from pg_constraint c where c.conname = i.indexname)`;

/** Drops the tables' indexes, primary keys too. @returns the statements that make them again */
export async function dropIndexes(client: Client, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ make: string; drop: string }>(definitions, [tables]);
  for (const { drop } of rows) await client.query(drop);
  return rows.map(({ make }) => make);
}
