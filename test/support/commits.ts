import type { Database } from '../../src/database/database.js';
import { commitEvents } from '../../harness/commit-events.js';
import { readEvent } from '../../src/livekit/event.js';
import { readBody } from '../../src/webhook/read-body.js';
import { projected } from './tables.js';

/** What arrived: the bytes that a webhook's body had, and when, in ms. */
export interface Arrived {
  readonly body: Buffer;
  readonly receivedAt: number;
}

/** Commits batches into a project, below HTTP: one after the other, or all at once. */
export async function commitBatches(
  { intake }: Database,
  project: string,
  { batches, together = false }: { batches: readonly (readonly Arrived[])[]; together?: boolean },
): Promise<void> {
  const commits = batches
    .map((batch) => batch.map(({ body, receivedAt }) => readEvent(project, readBody(body), receivedAt)))
    .filter((batch) => batch.length > 0)
    .map((batch) => () => commitEvents(intake, batch));
  if (together) await Promise.all(commits.map((start) => start()));
  else for (const start of commits) await start();
}

export type Row = Record<string, string | number | null>;

const rowsSql = Object.entries(projected)
  .map(
    ([table, from]) => `select '${table}' as "table", to_jsonb(t) - 'project' as row from ${from} t where project = $1`,
  )
  .join(' union all ');

/** What a project's events were projected to: the rows of each table, with all their columns but the project. */
export async function tablesOf({ queries }: Database, project: string): Promise<Record<string, Row[]>> {
  const { rows } = await queries.query<{ table: string; row: Row }>(
    `select "table", row from (${rowsSql}) projected order by "table", row::text`,
    [project],
  );
  const tables: Record<string, Row[]> = {};
  for (const { table, row } of rows) (tables[table] ??= []).push(row);
  return tables;
}

/** The events of a project that could not be projected. */
export async function problemsOf({ queries }: Database, project: string): Promise<string[]> {
  const { rows } = await queries.query<{ id: string }>(
    'select id from webhook_event where project = $1 and not projected order by id',
    [project],
  );
  return rows.map(({ id }) => id);
}
