import type { Ordered, Position } from '../read/cursor.js';
import { pageSql } from '../read/list-sql.js';
import type { Noun } from '../read/noun.js';
import type { PageWindow } from '../read/page-arguments.js';
import type { Reading, Row } from '../read/reading.js';
import { roomCounts } from '../read/room-counts.js';
import type { Computed } from '../read/selection.js';
import type { ExportRows } from './format.js';

const PAGE = 2_000;
const PAGE_BYTES = 2 ** 20;
const COUNTED_PAGE = 200;

export interface ListFilter {
  readonly activeDuring?: { readonly from: string; readonly to: string } | null;
  readonly [name: string]: unknown;
}

export interface ExportedList {
  readonly noun: Noun;
  readonly columns: readonly string[];
  readonly joined: ReadonlyMap<string, Computed>;
  readonly filter: ListFilter;
}

type Count = keyof typeof roomCounts;

/** In the default order, the oldest first. Pages are read on demand; no transaction stays open between them. */
export async function* pagesOf(list: ExportedList, reading: Reading): AsyncGenerator<ExportRows> {
  const { noun, columns, joined } = list;
  const ordered = {
    list: '',
    order: noun.defaultOrder,
    direction: 'ASC',
    keys: noun.orders[noun.defaultOrder]!,
  } as const;
  const names = [...joined.keys()];
  const held = columns.map((column) => (joined.has(column) ? `computed${names.indexOf(column)}` : column));
  const counts = columns.filter((column): column is Count => !(column in noun.columns) && !joined.has(column));
  const most = counts.length > 0 ? COUNTED_PAGE : PAGE;
  for await (const page of rowPages(list, { reading, ordered, most })) {
    const counted = await Promise.all(page.map((row) => withCounts(row, counts, reading)));
    yield counted.map((row) => held.map((name) => row[name]));
  }
}

async function* rowPages(
  { noun, columns, joined, filter }: ExportedList,
  { reading, ordered, most }: { reading: Reading; ordered: Ordered; most: number },
): AsyncGenerator<Row[]> {
  const relation = { noun, list: ordered.list, keys: [], on: () => 'true' };
  const fields = new Set(columns.filter((column) => !joined.has(column)));
  const selection = { fields, cursors: true, computed: [...joined.values()], pointed: new Map<string, never>() };
  let size = most;
  for (let after: Position | null = null; ;) {
    const statement = reading.statement();
    const window: PageWindow = { size, backward: false, after, before: null };
    const listing = { relation, filter, ordered, selection, window };
    const { sql } = pageSql(statement, listing, [{}]);
    const { rows, bytes, cut } = await reading.firstRows(statement, sql, PAGE_BYTES);
    if (rows.length > 0) yield rows;
    // The statement reads one row more than the size.
    if (!cut && rows.length <= size) return;
    after = positionOf(rows.at(-1)!, ordered);
    if (cut) size = rows.length - 1;
    else if (bytes < PAGE_BYTES / 2) size = Math.min(most, 2 * size + 1);
  }
}

function positionOf(row: Row, { keys }: Ordered): Position {
  return keys.map((_, index) => row[`key${index}`] as string);
}

async function withCounts(room: Row, counts: readonly Count[], reading: Reading): Promise<Row> {
  if (counts.length === 0) return room;
  const values = await Promise.all(counts.map((count) => roomCounts[count](room, {}, { reading })));
  return { ...room, ...Object.fromEntries(counts.map((count, index) => [count, values[index]])) };
}
