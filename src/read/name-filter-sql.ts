import { clean } from '../livekit/clean.js';
import type { Ordered } from './cursor.js';
import { bounded, boundedText, type StringFilter } from './filters.js';
import type { NestedList } from './noun.js';
import type { StatementBuilder } from './statement.js';

/** Budgets: index entries of the names, and rows read for each row of the page. */
const BUDGETS = [
  { entries: 1_000, rows: 200 },
  { entries: 20_000, rows: 2_000 },
];

export type Named = NameList | NameRange;

interface NameList {
  readonly column: string;
  readonly names: readonly string[];
}

/** A range of names in byte order. */
interface NameRange {
  readonly column: string;
  readonly from: string;
  readonly below: string;
}

interface Asked {
  readonly relation: NestedList;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly ordered: Ordered;
}

/**
 * Null unless an index of names leads to the page: it must hold every column of the order, and no parent, room or
 * single name may lead there through an index that is already in order.
 */
export function namedOf(
  statement: StatementBuilder,
  { relation: { noun, keys }, filter, ordered }: Asked,
): Named | null {
  const byStart = ordered.order === noun.defaultOrder && keys.length === 0 && !statement.ofOneRoom;
  const [given, ...others] = Object.entries(filter).filter(
    ([name, value]) => value != null && name !== noun.ends?.start,
  );
  if (!byStart || (noun.ofLog && statement.logIsDistributed) || given === undefined || others.length > 0) return null;
  const column = noun.names?.[given[0]];
  const { eq, in: list, startsWith, contains, notIn } = given[1] as StringFilter;
  const beside = eq ?? contains ?? notIn;
  if (column === undefined || beside != null || (list != null) === (startsWith != null)) return null;
  if (list != null) return list.length === 1 ? null : { column, names: [...new Set(bounded(list))] };
  const from = clean(boundedText('startsWith', startsWith!)) as string;
  const below = endOf(from);
  return below === null ? null : { column, from, below };
}

/** The least text above all that have the prefix, in byte order; null if there is none. */
function endOf(prefix: string): string | null {
  const points = [...prefix];
  while (points.at(-1) === '\u{10ffff}') points.pop();
  const last = points.pop()?.codePointAt(0);
  if (last === undefined) return null;
  // Skips the surrogates.
  return points.join('') + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
}

export function namedSql(statement: StatementBuilder, named: Named, page: NamedPage): string {
  const found = 'names' in named ? nameListSql(statement, named, page) : nameRangeSql(statement, named, page);
  return `(${page.columns.join(', ')}) in (${found} ${page.order} limit ${page.size})`;
}

function nameListSql(statement: StatementBuilder, { column, names }: NameList, page: NamedPage): string {
  const { table, columns, order, inside, size } = page;
  const rows = `from ${table} where ${statement.inScope} and ${column} = of_name and ${inside}`;
  const ofOne = `select ${columns.join(', ')} ${rows} ${order} limit ${size}`;
  return `select ${columns.join(', ')} from unnest(${statement.bind(names)}::text[]) as names(of_name) cross join lateral (${ofOne}) as found`;
}

/**
 * If few rows match the prefix, reading by name and sorting is best; if many, filtering rows in order. The planner
 * misjudges which by a factor of a hundred, so both run with growing budgets, and finally every match is read.
 */
function nameRangeSql(statement: StatementBuilder, { column, from, below }: NameRange, page: NamedPage): string {
  const { table, columns, order, inside, size } = page;
  const named = `${column} >= ${statement.bind(from)} and ${column} < ${statement.bind(below)}`;
  const keys = columns.join(', ');
  const held = [...new Set([...columns, column])].join(', ');
  const rows = `from ${table} where ${statement.inScope}`;
  const tried: string[] = [];
  const found: string[] = [];
  let reached = 'true';
  BUDGETS.forEach((way, index) => {
    const [few, near, far] = [`few${index}`, `near${index}`, `far${index}`];
    const many = exists(few, way.entries + 1);
    const next = `(select ${held} ${rows} and ${inside} and ${many} ${order} limit ${way.rows * size}) as next`;
    // Checked only before the last step, because it costs as much as the step itself.
    const unseen = way === BUDGETS.at(-1) ? exists(next, way.rows * size) : many;
    tried.push(
      `${few} as materialized (select ${keys} ${rows} and ${named} and ${reached} limit ${way.entries + 1})`,
      `${near} as materialized (select ${keys} from ${next} where ${named} ${order} limit ${size})`,
      `${far} as materialized (select where not ${exists(near, size)} and ${unseen})`,
    );
    reached = exists(far, 1);
    found.push(`select * from ${few} where not ${many} and ${inside}`, `select * from ${near} where not ${reached}`);
  });
  found.push(`select ${keys} ${rows} and ${named} and ${inside} and ${reached}`);
  return `with ${tried.join(', ')} select ${keys} from (${found.join(' union all ')}) as found`;
}

function exists(rows: string, count: number): string {
  return `exists (select from ${rows} offset ${count - 1})`;
}

export interface NamedPage {
  readonly table: string;
  readonly columns: readonly string[];
  readonly order: string;
  readonly inside: string;
  readonly size: number;
}
