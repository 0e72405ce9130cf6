import type { ElementType } from '../database/driver/binary-array.js';
import { snakeCase } from '../text/snake-case.js';
import { millisecondsOf } from '../database/milliseconds.js';
import { type ParameterColumn, UnnestedRows } from '../database/unnested-rows.js';
import type { Statement } from '../database/transaction.js';
import type { UsageOf } from '../meter/delta.js';

/** In memory, `time` is ms, `json` and `jsonb` are JSON text, and integers are numbers. */
export type ColumnType = 'text' | 'time' | 'int' | 'bigint' | 'bigints' | 'bool' | 'json' | 'jsonb';

/** One kind of session. SQL spells the names in snake case. */
export interface SessionTable {
  readonly name: string;
  readonly key: readonly string[];
  /** Read before and written after every merge. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Clock → columns that change only with it; never read back. */
  readonly payload: Readonly<Record<string, Readonly<Record<string, ColumnType>>>>;
  /** Values of NOT NULL columns while no snapshot has been seen. */
  readonly defaults?: Readonly<Record<string, string | boolean>>;
  readonly usage: UsageOf;
}

type ColumnsOf<T extends SessionTable> =
  keyof T['columns'] | { [Clock in keyof T['payload']]: keyof T['payload'][Clock] }[keyof T['payload']];

type Differing<A, B> = Exclude<A, B> | Exclude<B, A>;

/** Ties a table to its Prisma model: a column that only one of them has is a type error. */
export function tableOf<Field extends string>() {
  return <const T extends SessionTable>(
    table: T &
      ([Differing<ColumnsOf<T>, Field>] extends [never] ? unknown : { differing: Differing<ColumnsOf<T>, Field> }),
  ): SessionTable => table;
}

export type RowValues = Record<string, unknown>;

export const intervalColumns = {
  startedAt: 'time',
  startSource: 'text',
  endedAt: 'time',
  endSource: 'text',
  endUncertaintyMs: 'bigint',
  firstSeenAt: 'time',
  lastSeenAt: 'time',
  learned: 'text',
} as const satisfies Record<string, ColumnType>;

export function payloadOf<F>(table: SessionTable, clock: string): (keyof F & string)[] {
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

/** Caches by identity: pass only constants. */
export function memoized<C extends object, T>(make: (constant: C) => T): (constant: C) => T {
  const made = new Map<C, T>();
  return (constant) => {
    let known = made.get(constant);
    if (known === undefined) made.set(constant, (known = make(constant)));
    return known;
  };
}

export const selectList = memoized((table: SessionTable) =>
  Object.entries(table.columns)
    .map(([name, type]) => {
      const column = `r.${snakeCase(name)}`;
      return `${type === 'time' ? millisecondsOf(column) : column} as "${name}"`;
    })
    .join(', '),
);

/** In key order, so that writers cannot deadlock. Payload columns change only with their clock. */
export function upsertOf(table: SessionTable, rows: readonly RowValues[]): Statement {
  const { text, written } = upsert(table);
  return { name: `${table.name} upsert`, text, values: written.values(rows) };
}

const upsert = memoized((table: SessionTable) => {
  const payload = Object.values(table.payload).reduce((all, group) => ({ ...all, ...group }), {});
  const columns = Object.entries({ ...table.columns, ...payload });
  const names = columns.map(([name]) => snakeCase(name));
  const written = new UnnestedRows(columns.map((column) => writtenColumn(table, column)));
  const selected = columns.map(([name, type]) => `u.${snakeCase(name)}${cast[type] ?? ''}`);
  const key = table.key.map(snakeCase);
  const text = `insert into ${table.name} (${names.join(', ')})
    select ${selected.join(', ')} from ${written.sql} u
    order by ${key.map((name) => `u.${name}`).join(', ')}
    on conflict (${key.join(', ')}) do update set ${assignments(table).join(', ')}`;
  return { text, written };
});

function assignments(table: SessionTable): string[] {
  const moved = Object.keys(table.columns)
    .filter((name) => !table.key.includes(name))
    .map((name) => `${snakeCase(name)} = excluded.${snakeCase(name)}`);
  const kept = Object.entries(table.payload).flatMap(([clock, group]) => {
    const moves = `excluded.${snakeCase(clock)} is distinct from ${table.name}.${snakeCase(clock)}`;
    return Object.keys(group).map((name) => {
      const column = snakeCase(name);
      return `${column} = case when ${moves} then excluded.${column} else ${table.name}.${column} end`;
    });
  });
  return [...moved, ...kept];
}

function writtenColumn(table: SessionTable, [name, type]: [string, ColumnType]): ParameterColumn<RowValues> {
  const fallback = table.defaults?.[name] ?? null;
  return [snakeCase(name), elementType[type], (row) => writable(row[name] ?? fallback, type)];
}

function writable(value: unknown, type: ColumnType): unknown {
  if (value === null) return null;
  if (type === 'bigints') return `{${(value as number[]).join(',')}}`;
  return value;
}

export function differs(table: SessionTable, before: RowValues, after: RowValues): boolean {
  return before !== after && columnNames(table).some((name) => !same(before[name], after[name]));
}

const columnNames = memoized((table: SessionTable) => Object.keys(table.columns));

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, at) => value === b[at]);
  return a === b;
}
