import { clean } from '../livekit/clean.js';
import type { Ordered } from './cursor.js';
import { bounded, type StringFilter } from './filters.js';
import type { NestedList } from './noun.js';
import type { StatementBuilder } from './statement.js';

/** How far each way to a page is followed before the next is tried: entries of the names, rows for each that is shown. */
const WAYS = [
  { entries: 1_000, rows: 200 },
  { entries: 20_000, rows: 2_000 },
];

/** What is asked of a list by one name, and at most a range of its order. */
export type Named = Several | Alike;

interface Several {
  readonly column: string;
  readonly names: readonly string[];
}

/** All that begin alike: from a text on, below another, by their bytes. */
interface Alike {
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
 * Null where an index of names leads no way: where it has not all that the order compares, where there is a parent or
 * a room to find rows by, and where one value has its rows in order.
 */
export function namedOf(
  statement: StatementBuilder,
  { relation: { noun, keys }, filter, ordered }: Asked,
): Named | null {
  const byStart = ordered.order === noun.defaultOrder && keys.length === 0 && !statement.ofOneRoom;
  const [given, ...others] = Object.entries(filter).filter(
    ([name, value]) => value != null && name !== noun.ends?.start,
  );
  if (!byStart || !statement.laterals || given === undefined || others.length > 0) return null;
  const column = noun.names?.[given[0]];
  const { eq, in: list, startsWith } = given[1] as StringFilter;
  if (column === undefined || eq != null || (list != null) === (startsWith != null)) return null;
  if (list != null) return list.length === 1 ? null : { column, names: [...new Set(bounded(list))] };
  const from = clean(startsWith!) as string;
  const below = endOf(from);
  return below === null ? null : { column, from, below };
}

/** The least text after all that begin so, in the order of their bytes; null where there is none. */
function endOf(prefix: string): string | null {
  const points = [...prefix];
  while (points.at(-1) === '\u{10ffff}') points.pop();
  const last = points.pop()?.codePointAt(0);
  if (last === undefined) return null;
  // Between them lie the surrogates, which no text has.
  return points.join('') + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
}

/** The condition of the page's rows. */
export function namedSql(statement: StatementBuilder, named: Named, page: NamedPage): string {
  const found = 'names' in named ? severalSql(statement, named, page) : alikeSql(statement, named, page);
  return `(${page.columns.join(', ')}) in (${found} ${page.order} limit ${page.size})`;
}

/** Each name's rows are in order. */
function severalSql(statement: StatementBuilder, { column, names }: Several, page: NamedPage): string {
  const { table, columns, order, inside, size } = page;
  const rows = `from ${table} where ${statement.inScope} and ${column} = of_name and ${inside}`;
  const ofOne = `select ${columns.join(', ')} ${rows} ${order} limit ${size}`;
  return `select ${columns.join(', ')} from unnest(${statement.bind(names)}::text[]) as names(of_name) cross join lateral (${ofOne}) as found`;
}

/**
 * If few rows have names that begin so, they are read in the names' index and sorted; if many do, the page's are soon
 * met among all rows in the list's order. Which it is the planner guesses wrong by a factor of a hundred, so both are
 * tried, not far and then farther. Last, all of the names are read, in their index alone.
 */
function alikeSql(statement: StatementBuilder, { column, from, below }: Alike, page: NamedPage): string {
  const { table, columns, order, inside, size } = page;
  const named = `${column} >= ${statement.bind(from)} and ${column} < ${statement.bind(below)}`;
  const keys = columns.join(', ');
  const held = [...new Set([...columns, column])].join(', ');
  const rows = `from ${table} where ${statement.inScope}`;
  const tried: string[] = [];
  const found: string[] = [];
  let reached = 'true';
  WAYS.forEach((way, index) => {
    // The names' first entries; the page among the next rows; a row if neither has all of it.
    const [few, near, far] = [`few${index}`, `near${index}`, `far${index}`];
    const many = exists(few, way.entries + 1);
    const next = `(select ${held} ${rows} and ${inside} and ${many} ${order} limit ${way.rows * size}) as next`;
    // Whether rows are left to look through costs as much again, and is asked only before all names are read.
    const unseen = way === WAYS.at(-1) ? exists(next, way.rows * size) : many;
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

/** Whether there are so many rows. */
function exists(rows: string, count: number): string {
  return `exists (select from ${rows} offset ${count - 1})`;
}

/** A page of a table: its order's columns, `order by` them, the condition of rows in its range of it, its rows at most. */
export interface NamedPage {
  readonly table: string;
  readonly columns: readonly string[];
  readonly order: string;
  readonly inside: string;
  readonly size: number;
}
