import type { Pool } from 'pg';
import { FOLD_LOCK } from '../database/locks/advisory-locks.js';
import { breakOffWhenHung } from '../database/hung-connections.js';
import { cellColumns, cellsOf } from './cell-sql.js';
import { sumColumns } from './delta.js';

const MOST = 20_000;

const fold = `
  with folder as materialized (select pg_try_advisory_xact_lock(${FOLD_LOCK}) as alone),
  folded as (
    delete from usage_delta where (select alone from folder)
      and ctid = any(array(select ctid from usage_delta limit ${MOST})) returning *
  ),
  written as (${addToCells('usage_cell')})
  select count(*)::int as folded from folded`;

/** Folds all deltas of a schema that nobody else folds. */
export function foldAllSql(schema: string): string {
  return `with folded as (delete from ${schema}.usage_delta returning *) ${addToCells(`${schema}.usage_cell`)}`;
}

function addToCells(table: string): string {
  return `insert into ${table} as cell (${cellColumns}) ${cellsOf('folded')} order by 1, 2, 3, 4, 5, 6
    on conflict (project, meter, span, at, type, source) do update
    set ${sumColumns.map((name) => `${name} = cell.${name} + excluded.${name}`).join(', ')}`;
}

/** Moves deltas into cells. Readers add both, so that sums never change. */
export async function foldUsage(pool: Pool): Promise<void> {
  const client = await pool.connect();
  const endWatch = breakOffWhenHung(pool, client);
  try {
    for (;;) {
      const { rows } = await client.query<{ folded: number }>(fold);
      if (rows[0]!.folded < MOST) return;
    }
  } finally {
    endWatch();
    client.release();
  }
}
