import type { ClientBase, Pool } from 'pg';
import { LOG, type Piece } from './months.js';

/** The partitions of the log in the order of time; null: it is one plain table. */
export async function readPartitions(client: ClientBase | Pool): Promise<Piece[] | null> {
  const { rows } = await client.query<{ kind: string; name: string | null; bound: string }>(
    `select log.relkind as kind, part.relname as name, pg_get_expr(part.relpartbound, part.oid) as bound
      from pg_class log left join pg_inherits i on i.inhparent = log.oid left join pg_class part on part.oid = i.inhrelid
      where log.oid = '${LOG}'::regclass`,
  );
  if (rows[0]?.kind !== 'p') return null;
  return rows
    .flatMap(({ name, bound }) => (name === null ? [] : [{ name, ...rangeOf(bound) }]))
    .sort((a, b) => a.from - b.from);
}

function rangeOf(bound: string): Pick<Piece, 'from' | 'to'> {
  const [, from, to] = /FROM \('?(-?\w+)'?\) TO \('?(-?\w+)'?\)/.exec(bound) ?? [];
  if (from === undefined || to === undefined) throw new Error(`The log has a partition of another kind: ${bound}.`);
  return { from: from === 'MINVALUE' ? -Infinity : Number(from), to: to === 'MAXVALUE' ? Infinity : Number(to) };
}

export function boundSql({ from, to }: Omit<Piece, 'name'>): string {
  return `for values from (${from === -Infinity ? 'minvalue' : from}) to (${to === Infinity ? 'maxvalue' : to})`;
}

export async function makePartition(client: ClientBase, piece: Piece): Promise<void> {
  await client.query(`create table ${piece.name} partition of ${LOG} ${boundSql(piece)}`);
}

/** A condition from which Postgres concludes that a table fits a bound, without reading it. */
export function checkSql({ from, to }: Omit<Piece, 'name'>): string {
  const sides = [from > -Infinity && `created_seconds >= ${from}`, to < Infinity && `created_seconds < ${to}`];
  return sides.filter((side) => side !== false).join(' and ') || 'true';
}

const LOCK_MS = 200;
/** For every tenth attempt: an autovacuum gives way only after deadlock_timeout, a second. */
const PATIENT_LOCK_MS = 1500;

export function lockMs(attempt: number): number {
  return attempt % 10 === 0 ? PATIENT_LOCK_MS : LOCK_MS;
}

export async function inShort<T>(client: ClientBase, attempt: number, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = ${lockMs(attempt)}`);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Gives way to a backup, which may have its snapshot and not yet its locks: it would not see rows that were copied. */
export async function lockLog(client: ClientBase): Promise<void> {
  await client.query(`lock table only ${LOG} in access exclusive mode`);
  await client.query(`do $$ begin
    if exists (select from pg_stat_activity where datname = current_database() and application_name = 'pg_dump') then
      raise lock_not_available using message = 'A backup is running.';
    end if;
  end $$`);
}
