import type { StatementBuilder } from '../read/statement.js';
import { type Measure, measures, pieceEnds } from './measures.js';
import { groupOrder, piecesSql, rowColumns, rowOrder, type Sessions } from './pieces-sql.js';
import type { Question } from './question.js';
import type { GroupValues, Ranking } from './top.js';
import type { UsageRow } from './usage-row.js';

interface Asked extends Sessions {
  readonly wanted: ReadonlySet<Measure>;
  readonly limit: number;
  readonly by?: Ranking;
  /** Only rows after this one, of the first window or of later ones. */
  readonly after?: Pick<UsageRow, 'group' | 'others'>;
  /** Only rows of groups up to this one. */
  readonly until?: GroupValues;
}

export function rowsSql(
  statement: StatementBuilder,
  question: Question,
  { wanted, limit, by, after, until, ...which }: Asked,
): string {
  const row = rowColumns(question).join(', ');
  const asked = Object.entries(measures).filter(([name]) => wanted.has(name as Measure));
  const totals = asked.map(([name, { total }]) => `${total} as "${name}"`);
  const pieces = asked.map(([name, { piece }]) => `${piece} as "${name}"`);
  const ordered = `group by ${row} order by ${by ? rankOrder(question, by) : rowOrder(question)} limit ${statement.bind(limit)}`;
  const source = `(${piecesSql(statement, question, which)}) as session${withinSql(statement, question, { after, until })}`;
  if (!wanted.has('peak')) {
    return `select ${[row, ...totals].join(', ')} from (select ${[row, ...pieces].join(', ')} from ${source}) as piece ${ordered}`;
  }
  const steps = stepsSql({ row, names: asked.map(([name]) => `"${name}"`) });
  const ends = `${pieceEnds.since} as since, ${pieceEnds.until} as until, upper_ms`;
  return `with piece as (select ${[row, ends, ...pieces].join(', ')} from ${source})
    select ${[row, ...totals, `${peak} as peak`].join(', ')} from (${steps}) as step ${ordered}`;
}

const peak = 'max(present)::int';

/** Equal ones in byte order. */
function rankOrder({ dimensions }: Question, by: Ranking): string {
  const amount = by === 'peak' ? peak : measures[by].total;
  return [`(${amount})::numeric desc`, ...groupOrder(dimensions)].join(', ');
}

/** The last group of every page of so many, in the question's only window. */
export function boundsSql(
  statement: StatementBuilder,
  question: Question,
  { size, after }: { size: number; after: UsageRow },
): string {
  const groups = question.dimensions.map((_, index) => `group${index}`).join(', ');
  const later = withinSql(statement, question, { after });
  const found = `select distinct ${groups} from (${piecesSql(statement, question)}) as session${later}`;
  const order = groupOrder(question.dimensions).join(', ');
  return `select ${groups} from (select *, row_number() over (order by ${order}) as place from (${found}) as found) as placed
    where place % ${size} = 0 order by place`;
}

function withinSql(
  statement: StatementBuilder,
  question: Question,
  { after, until }: { after?: Asked['after'] | undefined; until?: GroupValues | undefined },
): string {
  const within = [
    ...(after ? [laterSql(statement, question, after)] : []),
    ...(until ? [compareSql(statement, until, '<=')] : []),
  ];
  return within.length === 0 ? '' : ` where ${within.join(' and ')}`;
}

function laterSql(
  statement: StatementBuilder,
  { kept }: Question,
  { group, others }: NonNullable<Asked['after']>,
): string {
  if (others || group.length === 0) return 'win > 1';
  const asText = JSON.stringify(group);
  const place = kept?.groups.findIndex((one) => JSON.stringify(one) === asText);
  if (place !== undefined) return `(win > 1 or standing > ${place} or standing is null)`;
  return `(win > 1 or ${compareSql(statement, group, '>')})`;
}

function compareSql(statement: StatementBuilder, group: GroupValues, by: string): string {
  const keys = group.map((_, index) => `group${index} is null, coalesce(group${index}, '') collate "C"`);
  const values = group.map((value) => `${value === null}, ${statement.bind(value ?? '')}::text`);
  return `(${keys.join(', ')}) ${by} (${values.join(', ')})`;
}

/** Half-open intervals: starts and ends at one instant are peers, and count together. */
function stepsSql({ row, names }: { row: string; names: readonly string[] }): string {
  const starts = ['since as at', '1 as step', ...names].join(', ');
  const ends = ['until', '-1', ...names.map(() => 'null')].join(', ');
  const steps = `select ${row}, ${starts} from piece union all select ${row}, ${ends} from piece where until < upper_ms`;
  return `select *, sum(step) over (partition by ${row} order by at) as present from (${steps}) as step`;
}
