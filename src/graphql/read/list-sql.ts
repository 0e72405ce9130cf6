import { keyColumns, type Ordered, type Position } from './cursor.js';
import { type Filter, type Key, type Relation, selectList } from './noun.js';
import type { Window } from './page-arguments.js';
import type { Row } from './reading.js';
import type { ListSelection } from './selection.js';
import { placesOf, spanOf } from './span.js';
import type { Statement } from './statement.js';

/** One list as one place of a query asks for it, the same for all parents there. */
export interface Listing {
  readonly relation: Relation;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly ordered: Ordered;
  readonly window: Window;
  readonly selection: ListSelection;
}

/** Rows beyond a position of the list, itself included: those up to `after`, or those from `before` on. */
export type Beyond = 'after' | 'before' | null;

/** The page and one row more. Of many parents the rows carry `parent`, its index. */
export function pageSql(statement: Statement, listing: Listing, parents: readonly Row[]): string {
  const { relation, ordered, window, selection } = listing;
  const { table } = relation.noun;
  const columns =
    selectList(relation.noun, selection.fields) + (selection.cursors ? `, ${keyColumns(ordered.keys)}` : '');
  const order = orderSql(ordered, window.backward);
  const { from, places } = sourceSql(statement, listing, parents, insideSql(statement, listing));
  const limit = statement.bind(window.size + 1);
  if (parents.length === 1) {
    const end = `order by ${order} limit ${limit}`;
    if (places.length === 1) return `select ${columns} from ${from} where ${places[0]} ${end}`;
    const parts = places.map((where) => `(select * from ${from} where ${where} ${end})`);
    return `select ${columns} from (${parts.join(' union all ')}) as ${table} ${end}`;
  }
  const place = `row_number() over (partition by parent order by ${order})`;
  const ranked = `select ${table}.*, parent, ${place} as place from ${from} where ${places[0]}`;
  return `select parent, ${columns} from (${ranked}) as ${table} where place <= ${limit} order by place`;
}

/** How many rows the list has, or has beyond a position, counted up to `limit`. Parents without a row are left out. */
export function countSql(
  statement: Statement,
  listing: Listing,
  ask: { parents: readonly Row[]; limit: number; beyond: Beyond },
): string {
  const beyond = ask.beyond === null ? [] : [beyondSql(statement, listing, ask.beyond)];
  const { from, places } = sourceSql(statement, listing, ask.parents, beyond);
  const limit = statement.bind(ask.limit);
  if (ask.parents.length === 1) {
    const rows = places.map((where) => `select 1 from ${from} where ${where}`).join(' union all ');
    return `select 0 as parent, count(*)::int as count from (select 1 from (${rows}) as place limit ${limit}) as counted`;
  }
  const ranked = `select parent, row_number() over (partition by parent) as place from ${from} where ${places[0]}`;
  return `select parent, count(*)::int as count from (${ranked}) as counted where place <= ${limit} group by parent`;
}

interface Source {
  readonly from: string;
  /** Conditions of which at most one holds for a row: several where each leads to rows in the list's order. */
  readonly places: readonly string[];
}

/** The rows of a list for its parents, of which `also` holds. */
function sourceSql(statement: Statement, listing: Listing, parents: readonly Row[], also: readonly string[]): Source {
  const { relation, filter, ordered } = listing;
  const { from, on } = parentsSql(statement, relation, parents);
  const { ends, filters } = relation.noun;
  const by = ordered.keys[0]!.sql;
  // A parent's own index leads to its rows.
  const span = ends === undefined || relation.keys.length > 0 ? null : spanOf(ends, filter, by);
  const given = Object.entries(filter).filter(([name, value]) => value != null && !(name === 'active' && span));
  const named = given.map(([name, value]) => (filters as Filters)[name]!(value, statement, by));
  const where = [on, statement.inScope, ...named, ...also].join(' and ');
  const places = span === null ? [] : placesOf(statement, span, by);
  return { from, places: places.length === 0 ? [where] : places.map((place) => `${where} and ${place}`) };
}

type Filters = Readonly<Record<string, Filter<unknown>>>;

// Citus joins a table with unnest, but refuses laterals: the parents are bound as one array for each of their keys.
function parentsSql(
  statement: Statement,
  { noun, keys, on, onMany = on }: Relation,
  parents: readonly Row[],
): { from: string; on: string } {
  const values = (key: string): string[] => parents.map((parent) => parent[key] as string);
  if (parents.length === 1) return { from: noun.table, on: on(...keys.map((key) => statement.bind(values(key)[0]!))) };
  const arrays = keys.map((key) => `${statement.bind(values(key))}::text[]`);
  const indexes = `${statement.bind(parents.map((_, index) => index))}::int[]`;
  const names = keys.map((_, index) => `parent_key${index}`);
  const parent = `unnest(${[...arrays, indexes].join(', ')}) as parents(${[...names, 'parent'].join(', ')})`;
  return { from: `${parent} join ${noun.table} on ${onMany(...names)}`, on: 'true' };
}

function orderSql({ keys, direction }: Ordered, backward: boolean): string {
  const turned = (direction === 'DESC') !== backward ? 'desc' : 'asc';
  return keys.map(({ sql }) => `${sql} ${turned}`).join(', ');
}

function insideSql(statement: Statement, { ordered, window }: Listing): string[] {
  const later = ordered.direction === 'DESC' ? '<' : '>';
  const earlier = ordered.direction === 'DESC' ? '>' : '<';
  const inside: string[] = [];
  if (window.after !== null) inside.push(compareSql(statement, ordered.keys, { than: window.after, by: later }));
  if (window.before !== null) inside.push(compareSql(statement, ordered.keys, { than: window.before, by: earlier }));
  return inside;
}

function beyondSql(statement: Statement, { ordered, window }: Listing, beyond: 'after' | 'before'): string {
  const upTo = (ordered.direction === 'DESC') === (beyond === 'after') ? '>=' : '<=';
  return compareSql(statement, ordered.keys, { than: window[beyond]!, by: upTo });
}

export function compareSql(
  statement: Statement,
  keys: readonly Key[],
  { than, by }: { than: Position; by: string },
): string {
  const types = { time: '::timestamptz', text: '::text', integer: '::bigint' };
  const bound = keys.map(({ kind }, index) => statement.bind(than[index]!) + types[kind]);
  return `(${keys.map(({ sql }) => sql).join(', ')}) ${by} (${bound.join(', ')})`;
}
