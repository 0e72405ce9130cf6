import type pg from 'pg';
import { cellColumns, cellKey, cellsOf } from '../meter/cell-sql.js';
import { sumColumns } from '../meter/delta.js';
import { byteOrder } from '../projection/snapshot-clock.js';

/** A column that differs from what the log says. Values are JSON. */
export interface Difference {
  readonly table: string;
  /** As `column=value`. */
  readonly key: string;
  /** Null: one side lacks the row. */
  readonly column: string | null;
  readonly live: string | null;
  readonly rebuilt: string | null;
}

export interface ComparedTable {
  readonly name: string;
  readonly key: readonly string[];
  readonly from: (schema: string) => string;
}

/** Folded cells plus deltas, without zeros. */
export const usageCells: ComparedTable = {
  name: 'usage_cell',
  key: cellKey,
  from: (schema) => `(select * from (
      select ${cellKey.join(', ')}, ${sumColumns.map((name) => `sum(${name})::bigint as ${name}`).join(', ')} from (
        select ${cellColumns} from ${schema}.usage_cell union all ${cellsOf(`${schema}.usage_delta`)}
      ) cell group by ${cellKey.join(', ')}
    ) cell where ${sumColumns.map((name) => `${name} <> 0`).join(' or ')})`,
};

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

/** Merges both sides in key order, with few digests in memory. */
export async function compareRows(table: ComparedTable, sides: Sides, shown: number): Promise<Found> {
  const found: Found = { rows: 0, differing: 0, differences: [] };
  const [live, rebuilt] = [digestsOf(sides.live, table), digestsOf(sides.rebuilt, table)];
  let [mine, theirs] = [await next(live), await next(rebuilt)];
  while (mine || theirs) {
    const order = compareKeys(mine, theirs);
    const { key } = (order <= 0 ? mine : theirs)!;
    if (order !== 0 || mine?.digest !== theirs?.digest) {
      found.differing++;
      if (found.differences.length < shown) found.differences.push(...(await differencesOf(sides, table, key)));
    }
    found.rows++;
    if (order <= 0) mine = await next(live);
    if (order >= 0) theirs = await next(rebuilt);
  }
  return found;
}

async function* digestsOf({ client, schema }: Side, { name, key, from }: ComparedTable): AsyncGenerator<Digest> {
  const columns = key.map((column) => `t.${column}::text collate "C"`).join(', ');
  await client.query(`declare rows_of_${name} no scroll cursor for
    select array[${columns}] as key, encode(sha256(convert_to(to_json(t)::text, 'UTF8')), 'hex') as digest
    from ${from(schema)} t order by ${columns}`);
  for (;;) {
    const { rows } = await client.query<Digest>(`fetch ${FETCH} from rows_of_${name}`);
    if (rows.length === 0) break;
    yield* rows;
  }
  await client.query(`close rows_of_${name}`);
}

async function next(rows: AsyncGenerator<Digest>): Promise<Digest | null> {
  const { value, done } = await rows.next();
  return done ? null : value;
}

/** Negative: only the first side has the row; positive: only the second. */
function compareKeys(a: Digest | null, b: Digest | null): number {
  if (!a || !b) return a ? -1 : 1;
  for (const [at, part] of a.key.entries()) {
    const order = byteOrder(part, b.key[at] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

async function differencesOf(
  { live, rebuilt }: Sides,
  table: ComparedTable,
  key: readonly string[],
): Promise<Difference[]> {
  const [mine, theirs] = [await valuesOf(live, table, key), await valuesOf(rebuilt, table, key)];
  const place = { table: table.name, key: table.key.map((column, at) => `${column}=${key[at]}`).join(' ') };
  if (mine.size === 0 || theirs.size === 0) {
    return [
      { ...place, column: null, live: mine.size > 0 ? 'there' : null, rebuilt: theirs.size > 0 ? 'there' : null },
    ];
  }
  return [...mine]
    .filter(([column, value]) => theirs.get(column) !== value)
    .map(([column, value]) => ({ ...place, column, live: value, rebuilt: theirs.get(column) ?? null }));
}

async function valuesOf(
  { client, schema }: Side,
  table: ComparedTable,
  key: readonly string[],
): Promise<Map<string, string>> {
  const where = table.key.map((column, at) => `t.${column}::text = $${at + 1}`).join(' and ');
  const { rows } = await client.query<{ column: string; value: string }>(
    `select c.key as column, c.value::text as value from ${table.from(schema)} t cross join json_each(to_json(t)) c where ${where}`,
    [...key],
  );
  return new Map(rows.map(({ column, value }) => [column, value]));
}
