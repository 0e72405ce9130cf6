import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { isPassing } from '../database/failure.js';
import type { Statement } from '../database/transaction.js';
import type { Replayed } from './log-pages.js';

const CHUNK = 200;
const PAUSE_MS = 100;

export function problemChangeStatements(events: readonly Replayed[]): Statement[] {
  const changed = events.filter(({ row, event }) => row.problem !== event.problem);
  if (changed.length === 0) return [];
  const values = [
    changed.map(({ row }) => row.id),
    changed.map(({ row }) => row.project),
    changed.map(({ row }) => row.created),
    changed.map(({ event }) => event.problem),
  ];
  const text = `insert into event_mark (id, project, created_seconds, problem)
    select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
    on conflict (id, project, created_seconds) do update set problem = excluded.problem`;
  return [{ name: 'mark', text, values }];
}

/**
 * Writes the changed problems to the log and removes the marks. Each statement does both for some marks, so it may be
 * killed at any time and run beside others.
 * @param schema with a dot at the end, or empty for the pool's own
 */
export async function applyProblemChanges(pool: Pool, schema: string, stopped?: AbortSignal): Promise<void> {
  const some = `select ctid from ${schema}event_mark order by id, project, created_seconds limit ${CHUNK}`;
  for (;;) {
    const { rows } = await pool.query<{ left: boolean }>(`select exists (select from ${schema}event_mark) as left`);
    if (!rows[0]!.left || stopped?.aborted) return;
    await pool
      .query(
        `with mark as materialized (delete from ${schema}event_mark where ctid = any(array(${some})) returning *)
          update ${schema}webhook_event e set problem = mark.problem, projected = mark.problem is null from mark
          where e.id = mark.id and e.project = mark.project and e.created_seconds = mark.created_seconds`,
      )
      .catch(pauseIfPassing);
  }
}

async function pauseIfPassing(error: unknown): Promise<void> {
  if (!isPassing(error)) throw error;
  await pause(PAUSE_MS);
}
