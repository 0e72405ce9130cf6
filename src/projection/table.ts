import type { ElementType } from '../database/driver/array.js';
import { columnOf } from '../database/column.js';
import { millisecondsOf } from '../database/milliseconds.js';
import { type ParameterColumn, UnnestedRows } from '../database/unnested-rows.js';
import type { Statement } from '../database/transaction.js';
import type { UsageOf } from '../meter/delta.js';

/** Column types; `time` is ms in memory, `json` and `jsonb` are JSON text, integers are numbers. */
export type ColumnType = 'text' | 'time' | 'int' | 'bigint' | 'bigints' | 'bool' | 'json' | 'jsonb';

/** A table of sessions as the projection reads and writes it. Names are the row's; SQL's are in snake_case. */
export interface Table {
  readonly name: string;
  readonly key: readonly string[];
  /** Read before, and written after, every merge. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Clock → columns that only move with it: never read, written when the clock moves. */
  readonly payload: Readonly<Record<string, Readonly<Record<string, ColumnType>>>>;
  /** What a row without any such snapshot holds, where null is not allowed. */
  readonly defaults?: Readonly<Record<string, string | boolean>>;
  readonly usage: UsageOf;
}

export type Row = Record<string, unknown>;

/** Every session's stated interval. */
export const intervalColumns = {
  startedAt: 'time',
  startSource: 'text',
  endedAt: 'time',
  endSource: 'text',
  endUncertaintyMs: 'bigint',
  firstSeenAt: 'time',
  lastSeenAt: 'time',
} as const satisfies Record<string, ColumnType>;

/** The columns that move with a clock, as a law names them. */
export function payloadOf<F>(table: Table, clock: string): (keyof F & string)[] {
  return Object.keys(table.payload[clock] ?? {}) as (keyof F & string)[];
}

const elementType: Record<ColumnType, ElementType> = {
  text: 'text',
  time: 'timestamptz',
  int: 'int',
  bigint: 'bigint',
  bigints: 'text',
  bool: 'bool',
  json: 'text',
  jsonb: 'text',
};
const cast: Partial<Record<ColumnType, string>> = { bigints: '::bigint[]', json: '::json', jsonb: '::jsonb' };

/** Makes what follows from a constant once. */
export function onceFor<C extends object, T>(make: (constant: C) => T): (constant: C) => T {
  const made = new Map<C, T>();
  return (constant) => {
    let known = made.get(constant);
    if (known === undefined) made.set(constant, (known = make(constant)));
    return known;
  };
}

/** The select list of the columns that merging needs, from alias `r`. */
export const selectList = onceFor((table: Table) =>
  Object.entries(table.columns)
    .map(([name, type]) => `${readable(`r.${columnOf(name)}`, type)} as "${name}"`)
    .join(', '),
);

function readable(column: string, type: ColumnType): string {
  if (type === 'time') return millisecondsOf(column);
  if (type === 'bigint') return `${column}::float8`;
  if (type === 'bigints') return `${column}::float8[]`;
  return column;
}

/** One statement that writes any number of rows, in key order; payload columns keep what their clock dates. */
export function upsertOf(table: Table, rows: readonly Row[]): Statement {
  const { text, written } = upsert(table);
  return { name: `${table.name} upsert`, text, values: written.values(rows) };
}

const upsert = onceFor((table: Table) => {
  const payload = Object.values(table.payload).reduce((all, group) => ({ ...all, ...group }), {});
  const columns = Object.entries({ ...table.columns, ...payload });
  const names = columns.map(([name]) => columnOf(name));
  const written = new UnnestedRows(columns.map((column) => writtenColumn(table, column)));
  const selected = columns.map(([name, type]) => `u.${columnOf(name)}${cast[type] ?? ''}`);
  const key = table.key.map(columnOf);
  const text = `insert into ${table.name} (${names.join(', ')})
    select ${selected.join(', ')} from ${written.sql} u
    order by ${key.map((name) => `u.${name}`).join(', ')}
    on conflict (${key.join(', ')}) do update set ${assignments(table).join(', ')}`;
  return { text, written };
});

function assignments(table: Table): string[] {
  const moved = Object.keys(table.columns)
    .filter((name) => !table.key.includes(name))
    .map((name) => `${columnOf(name)} = excluded.${columnOf(name)}`);
  const kept = Object.entries(table.payload).flatMap(([clock, group]) => {
    const moves = `excluded.${columnOf(clock)} is distinct from ${table.name}.${columnOf(clock)}`;
    return Object.keys(group).map((name) => {
      const column = columnOf(name);
      return `${column} = case when ${moves} then excluded.${column} else ${table.name}.${column} end`;
    });
  });
  return [...moved, ...kept];
}

function writtenColumn(table: Table, [name, type]: [string, ColumnType]): ParameterColumn<Row> {
  const fallback = table.defaults?.[name] ?? null;
  return [columnOf(name), elementType[type], (row) => writable(row[name] ?? fallback, type)];
}

function writable(value: unknown, type: ColumnType): unknown {
  if (value === null) return null;
  if (type === 'bigints') return `{${(value as number[]).join(',')}}`;
  return value;
}

/** Whether the merge changed anything that is stored. */
export function differs(table: Table, before: Row, after: Row): boolean {
  return before !== after && columnNames(table).some((name) => !same(before[name], after[name]));
}

const columnNames = onceFor((table: Table) => Object.keys(table.columns));

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, at) => value === b[at]);
  return a === b;
}
