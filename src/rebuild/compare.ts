import type pg from 'pg';
import { byteOrder } from '../projection/clock.js';

/** One column of one row that is not what the log says. Values as JSON text. */
export interface Difference {
  readonly table: string;
  /** The row's key, as `column=value`. */
  readonly key: string;
  /** Null: the whole row, which one side lacks. */
  readonly column: string | null;
  readonly live: string | null;
  readonly rebuilt: string | null;
}

interface Side {
  readonly client: pg.Client;
  readonly schema: string;
}

export interface Sides {
  readonly live: Side;
  readonly rebuilt: Side;
}

export interface Found {
  rows: number;
  differing: number;
  readonly differences: Difference[];
}

interface Digest {
  readonly key: readonly string[];
  readonly digest: string;
}

const FETCH = 2000;

/** Goes through both tables in the order of their keys, side by side, holding a few digests of each. */
export async function compareTable(table: string, sides: Sides, shown: number): Promise<Found> {
  const columns = await keyOf(sides.live, table);
  const found: Found = { rows: 0, differing: 0, differences: [] };
  const [live, rebuilt] = [digestsOf(sides.live, table, columns), digestsOf(sides.rebuilt, table, columns)];
  let [mine, theirs] = [await next(live), await next(rebuilt)];
  while (mine || theirs) {
    const order = compareKeys(mine, theirs);
    const { key } = (order <= 0 ? mine : theirs)!;
    if (order !== 0 || mine?.digest !== theirs?.digest) {
      found.differing++;
      if (found.differences.length < shown)
        found.differences.push(...(await differencesOf(sides, { table, columns, key })));
    }
    found.rows++;
    if (order <= 0) mine = await next(live);
    if (order >= 0) theirs = await next(rebuilt);
  }
  return found;
}

async function keyOf({ client, schema }: Side, table: string): Promise<string[]> {
  const { rows } = await client.query<{ column: string }>(
    `select a.attname as column from pg_index i cross join unnest(i.indkey) with ordinality k(number, at)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
      where i.indrelid = $1::regclass and i.indisprimary order by k.at`,
    [`${schema}.${table}`],
  );
  return rows.map(({ column }) => column);
}

async function* digestsOf({ client, schema }: Side, table: string, columns: readonly string[]): AsyncGenerator<Digest> {
  const key = columns.map((column) => `t.${column}::text collate "C"`);
  await client.query(`declare rows_of_${table} no scroll cursor for
    select array[${key.join(', ')}] as key, encode(sha256(convert_to(to_json(t)::text, 'UTF8')), 'hex') as digest
    from ${schema}.${table} t order by ${key.join(', ')}`);
  for (;;) {
    const { rows } = await client.query<Digest>(`fetch ${FETCH} from rows_of_${table}`);
    if (rows.length === 0) break;
    yield* rows;
  }
  await client.query(`close rows_of_${table}`);
}

async function next(rows: AsyncGenerator<Digest>): Promise<Digest | null> {
  const { value, done } = await rows.next();
  return done ? null : value;
}

/** Below 0: the first alone comes now; above: the second alone; 0: both have the row. */
function compareKeys(a: Digest | null, b: Digest | null): number {
  if (!a || !b) return a ? -1 : 1;
  for (const [at, part] of a.key.entries()) {
    const order = byteOrder(part, b.key[at] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

interface RowKey {
  readonly table: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

async function differencesOf({ live, rebuilt }: Sides, row: RowKey): Promise<Difference[]> {
  const [mine, theirs] = [await valuesOf(live, row), await valuesOf(rebuilt, row)];
  const place = { table: row.table, key: row.columns.map((column, at) => `${column}=${row.key[at]}`).join(' ') };
  if (mine.size === 0 || theirs.size === 0) {
    return [
      { ...place, column: null, live: mine.size > 0 ? 'there' : null, rebuilt: theirs.size > 0 ? 'there' : null },
    ];
  }
  return [...mine]
    .filter(([column, value]) => theirs.get(column) !== value)
    .map(([column, value]) => ({ ...place, column, live: value, rebuilt: theirs.get(column) ?? null }));
}

/** The row's columns as JSON text; none where there is no such row. */
async function valuesOf({ client, schema }: Side, { table, columns, key }: RowKey): Promise<Map<string, string>> {
  const where = columns.map((column, at) => `t.${column}::text = $${at + 1}`).join(' and ');
  const { rows } = await client.query<{ column: string; value: string }>(
    `select c.key as column, c.value::text as value from ${schema}.${table} t cross join json_each(to_json(t)) c where ${where}`,
    [...key],
  );
  return new Map(rows.map(({ column, value }) => [column, value]));
}
