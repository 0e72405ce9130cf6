import type { StatementBuilder } from '../read/statement.js';
import { sumColumns } from '../meter/delta.js';
import { coverWindows } from '../meter/cell-spans.js';
import { filterSql } from './filters.js';
import type { Measure } from './measures.js';
import { restrictedToCells } from './meters.js';
import { rowColumns, sessionsSql } from './pieces-sql.js';
import type { Question } from './question.js';
import { rowsSql } from './rows-sql.js';
import type { Split } from './split-range.js';

interface Read {
  readonly split: Split;
  readonly wanted: ReadonlySet<Measure>;
  readonly limit: number;
}

/** The pieces of all parts (sum-pieces.ts) in one statement, at most twice `limit` of each. */
export function cellsSql(statement: StatementBuilder, question: Question, { split, wanted, limit }: Read): string {
  const ends = (['lead', 'tail'] as const).filter((part) => split[part].length > 0);
  const parts = [
    middleSql(statement, question, split.middle),
    ...ends.map((part) => endSql(statement, { ...question, edges: split[part] }, { part, wanted, limit })),
    ...(wanted.has('openSessions') ? [openSql(statement, question)] : []),
    ...(wanted.has('uncertainMilliseconds') ? [doubtSql(statement, question)] : []),
  ];
  // The middle has one more piece for each group: what came before.
  return parts.map((part) => `(${part} limit ${statement.bind(limit * 2)})`).join(' union all ');
}

/** Sums cells by window, each up to the window's end. Window 0 is everything before the first. */
function middleSql(statement: StatementBuilder, question: Question, edges: readonly number[]): string {
  const meter = restrictedToCells(question.meter);
  const row = rowColumns(question).join(', ');
  const where = filterSql(meter, question.filter, { statement, joins: new Set() });
  const groups = question.dimensions.map(({ sql }, index) => `, (${sql(statement, new Set())})::text as group${index}`);
  const named = ['project', ...Object.values(meter.cells)].join(', ');
  const until = `nullif((${statement.bind([0, ...edges.slice(1)])}::bigint[])[win + 1], 0)`;
  return `select 'middle' as part, ${row}, sum(starts)::float8 as starts, sum(ends)::float8 as ends, sum(doubts)::float8 as doubts,
      sum((until - at) * (starts - ends) - offset_ms)::text as milliseconds,
      sum((until - at) * doubts - doubt_offset_ms)::text as "uncertainMilliseconds",
      sum((until - at) / 60000 * (starts - ends) - offset_minutes)::text as "startedMinutes",
      null::int as sessions
    from (
      select win${groups.join('')}, ${until} as until, at, ${sums}
      from (select win, at, ${sums}, ${named} from (${storedSql(statement, question, edges)}) as cell) as session
      where ${['true', ...where].join(' and ')}
    ) as mark group by ${row}`;
}

const sums = sumColumns.join(', ');
const columns = `project, type, source, at, ${sums}`;

function storedSql(statement: StatementBuilder, { meterName }: Question, edges: readonly number[]): string {
  const within = coverWindows([0, ...edges]).map(
    ({ span, from, to }) => `(span = ${span} and at >= ${from} and at < ${to})`,
  );
  const read = (table: string, where: string): string =>
    `select ${columns} from ${table} where ${statement.inScope} and meter = ${statement.bind(meterName)} and ${where}`;
  const folded = read('usage_cell', `(${within.join(' or ')})`);
  const unfolded = read('usage_delta', `at < ${edges.at(-1)}`);
  return `select width_bucket(at, ${statement.bind(edges)}::bigint[]) as win, ${columns} from (${folded} union all ${unfolded}) as cell`;
}

/** What whole quarter-hours do not cover, from sessions. */
function endSql(
  statement: StatementBuilder,
  question: Question,
  { part, wanted, limit }: { part: string; wanted: ReadonlySet<Measure>; limit: number },
): string {
  const measured = new Set<Measure>([...wanted, 'sessions', 'starts']);
  measured.delete('openSessions');
  const sum = (name: Measure): string => (wanted.has(name) ? `"${name}"` : `null::text as "${name}"`);
  return `select '${part}' as part, ${rowColumns(question).join(', ')}, starts, null::float8, null::float8,
      ${sum('milliseconds')}, ${sum('uncertainMilliseconds')}, ${sum('startedMinutes')}, sessions
    from (${rowsSql(statement, question, { wanted: measured, limit, doubtsOfEnded: true })}) as piece`;
}

/** Open sessions by the window they began in; 0 is before the first. */
function openSql(statement: StatementBuilder, question: Question): string {
  const row = rowColumns(question).join(', ');
  const sessions = sessionsSql(statement, question, { active: true });
  return `select 'open' as part, ${row}, count(*)::float8, null::float8, null::float8, null::text, null::text, null::text, null::int
    from (select session.*, width_bucket(start_ms, ${statement.bind(question.edges)}::bigint[]) as win from (${sessions}) as session) as session
    group by ${row}`;
}

/** The uncertain parts of open sessions by the window they began in: cells know only those of ended ones. */
function doubtSql(statement: StatementBuilder, question: Question): string {
  const row = rowColumns(question).join(', ');
  const edges = `${statement.bind(question.edges)}::bigint[]`;
  const sessions = sessionsSql(statement, question, { active: true });
  return `select 'doubt' as part, ${row}, null::float8, null::float8, count(*)::float8, null::text,
      sum(greatest(doubt_ms, (${edges})[1]))::text, null::text, null::int
    from (select session.*, greatest(width_bucket(doubt_ms, ${edges}), 1) as win from (${sessions}) as session) as session
    where doubt_ms < end_ms group by ${row}`;
}
