import { columnOf } from '../database/column.js';
import { wholeMillisecondsOf } from '../database/milliseconds.js';
import { sumColumns } from '../meter/delta.js';
import { derivedSql } from '../meter/marks.js';
import { QUARTER } from '../meter/cell-spans.js';
import { cellColumns, cellKey, cellsOf } from '../meter/cell.js';
import type { Table } from '../projection/table.js';
import { sessionTables } from '../projection/session-tables.js';
import type { Relation } from './compare.js';
import { atLength, type Workspace } from './workspace.js';

/** Fills the shadow's cells from its sessions, so that they owe nothing to what intake writes beside sessions. */
export function recount(workspace: Workspace): Promise<void> {
  const { name } = workspace;
  return atLength(workspace, [
    `truncate ${name}.usage_cell, ${name}.usage_delta`,
    `insert into ${name}.usage_cell (${cellColumns}) ${recountSql(name)}`,
  ]);
}

/** Cells as they are read, folded and not, without those that sum up to nothing. */
export const usageCells: Relation = {
  name: 'usage_cell',
  key: cellKey,
  from: (schema) => `(select * from (
      select ${cellKey.join(', ')}, ${sumColumns.map((name) => `sum(${name})::bigint as ${name}`).join(', ')} from (
        select ${cellColumns} from ${schema}.usage_cell union all ${cellsOf(`${schema}.usage_delta`)}
      ) cell group by ${cellKey.join(', ')}
    ) cell where ${sumColumns.map((name) => `${name} <> 0`).join(' or ')})`,
};

/** Rows of usage_cell as the sessions of a schema have them, counted from nothing. */
export function recountSql(schema: string): string {
  const marks = sessionTables.map((table) => marksSql(schema, table)).join(' union all ');
  return cellsOf(`(select project, meter, type, source, at, sum(starts) as starts, sum(ends) as ends,
      sum(ms) - at * sum(starts - ends) as offset_ms, sum(minutes) - at / 60000 * sum(starts - ends) as offset_minutes,
      sum(doubts) as doubts, sum(doubt_ms) - at * sum(doubts) as doubt_offset_ms
    from (${marks}) mark group by project, meter, type, source, at) quarter`);
}

/** Each session's marks, as meter/marks.ts has them, their times since 1970. */
function marksSql(schema: string, { name, usage: { meter, by, empty } }: Table): string {
  const [type, source] = [by[0], by[1]].map((column) => (column ? `coalesce(${columnOf(column)}, '')` : `''`));
  const lasting = empty ? `and ${columnOf(empty.column)} <> '${empty.value}'` : '';
  return `select project, '${meter}' as meter, type, source, last - last % ${QUARTER} as at, starts, ends, ms, minutes, doubts, doubt_ms
    from (
      select project, ${type} as type, ${source} as source, ${wholeMillisecondsOf('started_at')} as s, ${wholeMillisecondsOf('ended_at')} as e,
        case when ${derivedSql('end_source')}
          then ${wholeMillisecondsOf('greatest(last_seen_at, started_at)')} end as d
      from ${schema}.${name} where (ended_at is null or ended_at > started_at) ${lasting}
    ) session cross join lateral (values
      (s, 1, 0, s, s / 60000, 0, 0),
      (e - 1, 0, 1, -e, -(s / 60000 + (e - s + 59999) / 60000), 0, 0),
      (case when d < e then d end, 0, 0, 0, 0, 1, d),
      (case when d < e then e - 1 end, 0, 0, 0, 0, -1, -e)
    ) mark (last, starts, ends, ms, minutes, doubts, doubt_ms)
    where last is not null`;
}
