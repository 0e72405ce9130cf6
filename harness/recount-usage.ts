import { wholeMillisecondsOf } from '../src/database/milliseconds.js';
import { snakeCase } from '../src/text/snake-case.js';
import { derivedSql } from '../src/meter/session-marks.js';
import { QUARTER } from '../src/meter/cell-spans.js';
import { cellsOf } from '../src/meter/cell-sql.js';
import type { SessionTable } from '../src/projection/session-table.js';
import { sessionTables } from '../src/projection/session-tables.js';

/** Rows of usage_cell as the sessions of a schema have them, counted from nothing. */
export function recountSql(schema: string): string {
  const marks = sessionTables.map((table) => marksSql(schema, table)).join(' union all ');
  return cellsOf(`(select project, meter, type, source, at, sum(starts) as starts, sum(ends) as ends,
      sum(ms) - at * sum(starts - ends) as offset_ms, sum(minutes) - at / 60000 * sum(starts - ends) as offset_minutes,
      sum(doubts) as doubts, sum(doubt_ms) - at * sum(doubts) as doubt_offset_ms
    from (${marks}) mark group by project, meter, type, source, at) quarter`);
}

/** The reference of meter/session-marks.ts: each session's marks counted in SQL, their times since 1970. */
function marksSql(schema: string, { name, usage: { meter, by, empty } }: SessionTable): string {
  const [type, source] = [by[0], by[1]].map((column) => (column ? `coalesce(${snakeCase(column)}, '')` : `''`));
  const lasting = empty ? `and ${snakeCase(empty.column)} <> '${empty.value}'` : '';
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
