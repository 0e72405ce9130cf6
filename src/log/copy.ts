import type { ClientBase } from 'pg';
import { LOG, type Piece } from './months.js';
import { boundSql, checkSql } from './partitions.js';

export interface Move {
  readonly source: string;
  readonly node: string;
  readonly pages: number;
  readonly page: number;
  readonly pieces: readonly Piece[];
}

/** Where copies are made: partitioned as the log is, and one table for each piece. */
export const COPY = 'log_copy';

/** Of a whole log, all that can be done before the exchange is: it may have hundreds of months. */
export function copyName(source: string, { name }: Piece): string {
  return source === LOG ? name : `${COPY}${name.slice(LOG.length)}`;
}

/** The check by which a copy can be attached unread. */
export const FITS = 'log_copy_fits';

/** Empty tables for the pieces of a part of the log, with the log's columns and indexes. */
export async function makeCopies(client: ClientBase, source: string, pieces: readonly Piece[]): Promise<void> {
  const indexes = await indexesOfLog(client);
  const like = `(like ${LOG} including defaults including storage including compression)`;
  const statements = [
    `create table ${COPY} ${like} partition by range (created_seconds)`,
    ...indexes.map((make) => make(COPY)),
  ];
  for (const piece of pieces) {
    const name = copyName(source, piece);
    statements.push(
      `create table ${name} ${like}`,
      ...(source === LOG ? [] : [`alter table ${name} add constraint ${FITS} check (${checkSql(piece)})`]),
      ...indexes.map((make) => make(name)),
      `alter table ${COPY} attach partition ${name} ${boundSql(piece)}`,
    );
  }
  await client.query(statements.join(';\n'));
}

export async function makePiece(client: ClientBase, name: string): Promise<void> {
  const like = `create table ${name} (like ${LOG} including defaults including storage including compression)`;
  await client.query([like, ...(await indexesOfLog(client)).map((make) => make(name))].join(';\n'));
}

type MakeIndex = (table: string) => string;

async function indexesOfLog(client: ClientBase): Promise<MakeIndex[]> {
  const { rows } = await client.query<{ suffix: string; definition: string; isConstraint: boolean }>(
    `select substr(x.relname, ${LOG.length + 1}) as suffix, u.oid is not null as "isConstraint",
        coalesce(pg_get_constraintdef(u.oid), regexp_replace(pg_get_indexdef(i.indexrelid), '^.*? USING ', 'USING ')) as definition
      from pg_index i join pg_class x on x.oid = i.indexrelid
        left join pg_constraint u on u.conindid = i.indexrelid and u.conrelid = i.indrelid
      where i.indrelid = '${LOG}'::regclass and x.relname ^@ '${LOG}' order by x.relname`,
  );
  return rows.map(
    ({ suffix, definition, isConstraint }) =>
      (table) =>
        isConstraint
          ? `alter table ${table} add constraint ${table}${suffix} ${definition}`
          : `create index ${table}${suffix} on ${table} ${definition}`,
  );
}

export async function rename(client: ClientBase, from: string, to: string): Promise<void> {
  await client.query(`alter table ${from} rename to ${to}`);
  await renameIndexes(client, to, from);
}

export async function renameIndexes(client: ClientBase, table: string, before: string): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(
    `select format('alter index %s rename to %I', i.indexrelid::regclass, $1 || substr(x.relname, length($2) + 1)) as sql
      from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = $1::regclass and x.relname ^@ $2`,
    [table, before],
  );
  for (const { sql } of rows) await client.query(sql);
}

/** From the commit on, what is written to a part of the log is noted; only one at a time is watched. */
export async function noteChanges(client: ClientBase, source: string): Promise<void> {
  await forgetChanges(client);
  // Waits for everybody who writes to the source, and so is before all that it does not note.
  await client.query(
    `create trigger note_log_change after insert or update or delete on ${source} for each row execute function note_log_change()`,
  );
}

export async function forgetChanges(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ noted: string }>(
    `select t.tgrelid::regclass::text as noted from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where t.tgname = 'note_log_change' and c.relnamespace = (select relnamespace from pg_class where oid = '${LOG}'::regclass)`,
  );
  for (const { noted } of rows) await client.query(`drop trigger note_log_change on ${noted}`);
  await client.query('delete from log_change');
}

export async function copyPages(
  client: ClientBase,
  source: string,
  [from, to]: readonly [number, number],
): Promise<void> {
  await client.query(
    `insert into ${COPY} select * from only ${source} where ctid >= '(${from},0)' and ctid < '(${to},0)' on conflict do nothing`,
  );
}

const CHANGES = 500;

/** Copies again what was written meanwhile. @returns how many writes it followed */
export async function copyChanges(client: ClientBase, source: string, most = CHANGES): Promise<number> {
  const { rows } = await client.query<{ id: string; project: string; created: string }>(
    `delete from log_change where seq = any(array(select seq from log_change order by seq limit ${most}))
      returning id, project, created_seconds::text as created`,
  );
  if (rows.length === 0) return 0;
  const keys = [rows.map(({ id }) => id), rows.map(({ project }) => project), rows.map(({ created }) => created)];
  const changed = `(select distinct * from unnest($1::text[], $2::text[], $3::bigint[]) k(id, project, created_seconds))`;
  await client.query(
    `delete from ${COPY} c using ${changed} k
      where c.id = k.id and c.project = k.project and c.created_seconds = k.created_seconds`,
    keys,
  );
  await client.query(
    `insert into ${COPY} select s.* from ${changed} k
      join only ${source} s on s.id = k.id and s.project = k.project and s.created_seconds = k.created_seconds`,
    keys,
  );
  return rows.length;
}
