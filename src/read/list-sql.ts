import { keyColumns, keyNames, type Ordered, type Position } from './cursor.js';
import { all } from './filters.js';
import { type Filter, type OrderKey, type NestedList, selectList } from './noun.js';
import { namedOf, namedSql } from './name-filter-sql.js';
import type { PageWindow } from './page-arguments.js';
import { withPointed } from './joined-rows.js';
import type { Row } from './reading.js';
import type { ListSelection } from './selection.js';
import { type RowSource, sourcesOf, spanOf } from './overlap-sql.js';
import { isSteady } from './reusable-plan.js';
import type { StatementBuilder } from './statement.js';
import { requireBounds } from './text-search.js';

/** One list at one place of a query, for all parents there. */
export interface Listing {
  readonly relation: NestedList;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly ordered: Ordered;
  readonly window: PageWindow;
  readonly selection: ListSelection;
}

/** Rows up to and including `after`, or from and including `before`. */
export type Beyond = 'after' | 'before' | null;

export interface ListSql {
  readonly sql: string;
  readonly steady: boolean;
}

/** One row more than the page. With several parents each row carries `parent`, its parent's index. */
export function pageSql(statement: StatementBuilder, listing: Listing, parents: readonly Row[]): ListSql {
  const { relation, filter, ordered, window } = listing;
  const byNames = namedSource(statement, listing, `order by ${orderSql(ordered, window.backward)}`);
  const source = byNames ?? sourceSql(statement, listing, { parents, also: insideSql(statement, listing) });
  const steady = byNames !== null || isSteady(relation.noun, filter, ordered);
  return { sql: pageOfSource(statement, listing, source), steady };
}

function pageOfSource(statement: StatementBuilder, listing: Listing, { of, sources }: ListSource): string {
  const { relation, ordered, window, selection } = listing;
  const { table } = relation.noun;
  const cursor = selection.cursors ? keyColumns(ordered) : [];
  const computed = (selection.computed ?? []).map((sql, index) => `${sql(statement)} as computed${index}`);
  const columns = [selectList(relation.noun, selection.fields), ...cursor, ...computed].join(', ');
  const order = orderSql(ordered, window.backward);
  // Not bound: a generic plan expects a bound limit to take a tenth of the table.
  const limit = window.size + 1;
  const end = `order by ${order} limit ${limit}`;
  const from = isPlain(sources)
    ? `${table} where ${sources[0]!.where}`
    : `(${sources.map((place) => `(${rowsAt(place, `* from ${table}`, end)})`).join(' union all ')}) as ${table}`;
  const page = withPointed(statement, selection, {
    noun: relation.noun,
    page: `select ${columns} from ${from} ${end}`,
    cursor: selection.cursors ? keyNames(ordered) : [],
  });
  return of === null ? page : `select parent, page.* from ${of} cross join lateral (${page}) as page`;
}

/** Parents without a matching row may be missing. */
export function countSql(
  statement: StatementBuilder,
  listing: Listing,
  ask: { parents: readonly Row[]; limit: number; beyond: Beyond },
): ListSql {
  const { relation, filter, ordered } = listing;
  return { sql: countOf(statement, listing, ask), steady: isSteady(relation.noun, filter, ordered) };
}

function countOf(
  statement: StatementBuilder,
  listing: Listing,
  ask: { parents: readonly Row[]; limit: number; beyond: Beyond },
): string {
  const beyond = ask.beyond === null ? [] : [beyondSql(statement, listing, ask.beyond)];
  const { of, sources } = sourceSql(statement, listing, { parents: ask.parents, also: beyond });
  const { table } = listing.relation.noun;
  const end = `limit ${ask.limit}`;
  const rows = sources.map((place) => `(${rowsAt(place, `1 from ${table}`, end)})`).join(' union all ');
  const counted = `select count(*)::int as count from (select 1 from (${rows}) as place limit ${ask.limit}) as counted`;
  if (of === null) return `select 0 as parent, count from (${counted}) as counts`;
  return `select parent, count from ${of} cross join lateral (${counted}) as counts`;
}

interface ListSource {
  readonly of: string | null;
  /** If several, each yields rows in the list's order. */
  readonly sources: readonly RowSource[];
}

function isPlain(sources: readonly RowSource[]): boolean {
  return sources.length === 1 && sources[0]!.each === undefined;
}

function rowsAt({ each, where }: RowSource, what: string, end: string): string {
  const rows = `select ${what} where ${where} ${end}`;
  return each === undefined ? rows : `select found.* from ${each} cross join lateral (${rows}) as found`;
}

function namedSource(statement: StatementBuilder, listing: Listing, order: string): ListSource | null {
  const { relation, filter, ordered, window } = listing;
  const named = namedOf(statement, listing);
  if (named === null) return null;
  const { table, ends, filters } = relation.noun;
  const start = ends?.start ?? '';
  const range = filter[start] == null ? [] : [(filters as Filters)[start]!(filter[start], statement)];
  const page = {
    table,
    columns: ordered.keys.map(({ sql }) => sql),
    order,
    inside: all([...range, ...insideSql(statement, listing)]),
    size: window.size + 1,
  };
  return { of: null, sources: [{ where: `${statement.inScope} and ${namedSql(statement, named, page)}` }] };
}

function sourceSql(
  statement: StatementBuilder,
  listing: Listing,
  { parents, also }: { parents: readonly Row[]; also: readonly string[] },
): ListSource {
  const { relation, filter, ordered } = listing;
  requireBounds(statement, listing);
  const { of, on } = parentsSql(statement, relation, parents);
  const { ends, filters } = relation.noun;
  const by = ordered.keys[0]!.sql;
  // The parent's own index already leads to few rows.
  const span = ends === undefined || relation.keys.length > 0 ? null : spanOf(ends, filter, by);
  const given = Object.entries(filter).filter(([name, value]) => value != null && !(name === 'active' && span));
  const named = given.map(([name, value]) => (filters as Filters)[name]!(value, statement, by));
  const where = [on, statement.inScope, ...named, ...also].join(' and ');
  if (span === null) return { of, sources: [{ where }] };
  const sources = sourcesOf(statement, span, by);
  return { of, sources: sources.map((place) => ({ ...place, where: `${where} and ${place.where}` })) };
}

type Filters = Readonly<Record<string, Filter<unknown>>>;

function parentsSql(
  statement: StatementBuilder,
  { keys, on }: NestedList,
  parents: readonly Row[],
): { of: string | null; on: string } {
  const values = (key: string): string[] => parents.map((parent) => parent[key] as string);
  if (parents.length === 1) {
    return { of: null, on: on(...keys.map((key) => statement.bind(values(key)[0]!))) };
  }
  const arrays = keys.map((key) => `${statement.bind(values(key))}::text[]`);
  const indexes = `${statement.bind(parents.map((_, index) => index))}::int[]`;
  const names = keys.map((_, index) => `parent_key${index}`);
  const of = `unnest(${[...arrays, indexes].join(', ')}) as parents(${[...names, 'parent'].join(', ')})`;
  return { of, on: on(...names) };
}

function orderSql({ keys, direction }: Ordered, backward: boolean): string {
  const turned = (direction === 'DESC') !== backward ? 'desc' : 'asc';
  return keys.map(({ sql }) => `${sql} ${turned}`).join(', ');
}

function insideSql(statement: StatementBuilder, { ordered, window }: Listing): string[] {
  const later = ordered.direction === 'DESC' ? '<' : '>';
  const earlier = ordered.direction === 'DESC' ? '>' : '<';
  const inside: string[] = [];
  if (window.after !== null) inside.push(compareSql(statement, ordered.keys, { than: window.after, by: later }));
  if (window.before !== null) inside.push(compareSql(statement, ordered.keys, { than: window.before, by: earlier }));
  return inside;
}

function beyondSql(statement: StatementBuilder, { ordered, window }: Listing, beyond: 'after' | 'before'): string {
  const upTo = (ordered.direction === 'DESC') === (beyond === 'after') ? '>=' : '<=';
  return compareSql(statement, ordered.keys, { than: window[beyond]!, by: upTo });
}

export function compareSql(
  statement: StatementBuilder,
  keys: readonly OrderKey[],
  { than, by }: { than: Position; by: string },
): string {
  const types = { time: '::timestamptz', text: '::text', integer: '::bigint' };
  const bound = keys.map(({ kind }, index) => statement.bind(than[index]!) + types[kind]);
  // Not a constant: nearly every event has one epoch, so a plan for that value expects none before it, and sorts them all.
  if (keys[0]?.kind === 'integer') bound[0] = `(select ${bound[0]})`;
  return `(${keys.map(({ sql }) => sql).join(', ')}) ${by} (${bound.join(', ')})`;
}
