import type { Run } from '../database/transaction.js';
import { columnOf, selectList, type Row, type Table } from './table.js';

// Each read leaves only one index to take: what else must match is dropped in memory.

/** The rows that have these keys. */
export async function readByKey<R extends object>(run: Run, table: Table, wanted: readonly object[]): Promise<R[]> {
  if (wanted.length === 0) return [];
  const keyOf = (row: object) => table.key.map((name) => (row as Row)[name]).join('\u0000');
  const keys = new Set(wanted.map(keyOf));
  const rows = await run<R>({
    name: `${table.name} by key`,
    text: `select ${selectList(table)} from ${table.name} r
      where ${table.key.map((name, at) => `r.${columnOf(name)} = any($${at + 1})`).join(' and ')}`,
    values: table.key.map((name) => valuesOf(wanted, name)),
  });
  return rows.filter((row) => keys.has(keyOf(row)));
}

/** Each value once: for `= any`. */
export function valuesOf(rows: readonly object[], name: string): unknown[] {
  return [...new Set(rows.map((row) => (row as Row)[name]))];
}

interface Family {
  table: Table;
  /** The column that names the family, beside the project. */
  by: string;
  /** Past this time nothing can change any more in a row: SQL on alias r. */
  until: string;
}

/**
 * The rows of the touched rows' families that they can concern, themselves included: all whose
 * `until` is not before the least start that a touched row has, or is told to have (`since`, ms).
 */
export async function readFamilies<R extends object>(
  run: Run,
  family: Family,
  touched: readonly { row: object; since: number }[],
): Promise<R[]> {
  if (touched.length === 0) return [];
  const { table, until } = family;
  const by = columnOf(family.by);
  const lead = columnOf(table.key[0] ?? '');
  const columns = [table.key[0] ?? '', family.by, 'project'];
  const touch = `unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) k(id, family, project, since)`;
  const list = selectList(table);
  return run<R>({
    name: `${table.name} families`,
    text: `select ${list} from ${touch}
        join ${table.name} t on t.${lead} = k.id and t.${by} = k.family and t.project = k.project
        join ${table.name} r on r.${by} = t.${by} and r.project = t.project and ${until} >= least(t.started_at, k.since)
      union all
      select ${list} from ${touch}
        join ${table.name} r on r.${by} = k.family and r.project = k.project and ${until} >= k.since`,
    values: [
      ...columns.map((name) => touched.map(({ row }) => (row as Row)[name])),
      touched.map(({ since }) => new Date(since).toISOString()),
    ],
  });
}
