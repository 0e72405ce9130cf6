import type { StatementBuilder } from '../read/statement.js';
import { type Measure, measures, pieceEnds } from './measures.js';
import { piecesSql, rowColumns, rowOrder, type Sessions } from './pieces-sql.js';
import type { Question } from './question.js';

export function rowsSql(
  statement: StatementBuilder,
  question: Question,
  { wanted, limit, ...which }: { wanted: ReadonlySet<Measure>; limit: number } & Sessions,
): string {
  const row = rowColumns(question).join(', ');
  const asked = Object.entries(measures).filter(([name]) => wanted.has(name as Measure));
  const totals = asked.map(([name, { total }]) => `${total} as "${name}"`);
  const pieces = asked.map(([name, { piece }]) => `${piece} as "${name}"`);
  const ordered = `group by ${row} order by ${rowOrder(question)} limit ${statement.bind(limit)}`;
  const source = `(${piecesSql(statement, question, which)}) as session`;
  if (!wanted.has('peak')) {
    return `select ${[row, ...totals].join(', ')} from (select ${[row, ...pieces].join(', ')} from ${source}) as piece ${ordered}`;
  }
  const steps = stepsSql({ row, names: asked.map(([name]) => `"${name}"`) });
  const ends = `${pieceEnds.since} as since, ${pieceEnds.until} as until, upper_ms`;
  return `with piece as (select ${[row, ends, ...pieces].join(', ')} from ${source})
    select ${[row, ...totals, 'max(present)::int as peak'].join(', ')} from (${steps}) as step ${ordered}`;
}

/** Half-open intervals: starts and ends at one instant are peers, and count together. */
function stepsSql({ row, names }: { row: string; names: readonly string[] }): string {
  const starts = ['since as at', '1 as step', ...names].join(', ');
  const ends = ['until', '-1', ...names.map(() => 'null')].join(', ');
  const steps = `select ${row}, ${starts} from piece union all select ${row}, ${ends} from piece where until < upper_ms`;
  return `select *, sum(step) over (partition by ${row} order by at) as present from (${steps}) as step`;
}
