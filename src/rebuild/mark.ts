import type { Pool } from 'pg';
import type { Statement } from '../database/transaction.js';
import type { Replayed } from './replayed.js';
import type { Workspace } from './workspace.js';

/** Notes the events that this version projects otherwise than the log says: not at all, or now it can. */
export function markStatements(some: readonly Replayed[]): Statement[] {
  const changed = some.filter(({ row, event }) => row.problem !== event.problem);
  if (changed.length === 0) return [];
  const values = [
    changed.map(({ row }) => row.id),
    changed.map(({ row }) => row.project),
    changed.map(({ row }) => row.created),
    changed.map(({ event }) => event.problem),
  ];
  const text = 'insert into mark select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[])';
  return [{ name: 'mark', text, values }];
}

export async function countMarks(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'select count(distinct (id, project, created_seconds))::int as count from mark',
  );
  return rows[0]!.count;
}

/** Says in the log what is projected, and why the rest is not: a little in each transaction. */
export async function applyMarks({ name, home, database }: Workspace): Promise<void> {
  const text = `
    with marked as (
      delete from ${name}.mark where ctid = any(array(select ctid from ${name}.mark limit 500)) returning *
    )
    update ${home}.webhook_event e set problem = m.problem, projected = m.problem is null from marked m
    where e.id = m.id and e.project = m.project and e.created_seconds = m.created_seconds`;
  while (((await database.intake.query(text)).rowCount ?? 0) > 0);
}
