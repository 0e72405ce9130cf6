import type { StatementBuilder } from './statement.js';

/** A condition in SQL for a filter's value (never null), in a list ordered by `by` first. */
export type Filter<T> = (value: T, statement: StatementBuilder, by?: string) => string;

/** One part of an order: what the database compares and a cursor stores. */
export interface OrderKey {
  readonly sql: string;
  readonly kind: 'time' | 'text' | 'integer';
}

export interface Ends {
  readonly start: string;
  readonly end: string;
  /** The condition under which a session has no length at all. */
  readonly empty?: string;
}

/** A field that is another table's row, found by id and room name. */
export interface Pointer {
  readonly noun: Noun;
  readonly id: string;
}

/** One table as questions see it. */
export interface Noun {
  readonly type: string;
  readonly table: string;
  /** The id, then what orders rows of the same id. */
  readonly id: readonly [string, ...string[]];
  /** Fields of the API, each as SQL. */
  readonly columns: Readonly<Record<string, string>>;
  /** Fields that nested fields are found by. */
  readonly keys: readonly string[];
  readonly filters: Readonly<Record<string, Filter<never>>>;
  /** Filters by name whose index continues in the default order, with their columns. */
  readonly names?: Readonly<Record<string, string>>;
  readonly orders: Readonly<Record<string, readonly OrderKey[]>>;
  readonly defaultOrder: string;
  readonly empty?: string;
  readonly ends?: Ends;
  readonly pointers?: Readonly<Record<string, Pointer>>;
}

/** A list inside a row. */
export interface NestedList {
  readonly noun: Noun;
  readonly list: string;
  /** The parent's fields that the condition compares. */
  readonly keys: readonly string[];
  readonly on: (...keys: string[]) => string;
  /** For one parent on distributed tables. */
  readonly onCitus?: (...keys: string[]) => string;
}

/** The fields themselves, or where others are found by keys, those too; the id if there are none. */
export function heldFields({ columns, keys }: Noun, fields: ReadonlySet<string>): string[] {
  const found = [...fields].some((field) => !Object.hasOwn(columns, field) && field !== '__typename');
  const names = Object.keys(columns).filter((name) => fields.has(name) || (found && keys.includes(name)));
  return names.length > 0 ? names : ['id'];
}

export function selectList(noun: Noun, fields: ReadonlySet<string>, prefix = ''): string {
  return heldFields(noun, fields)
    .map((name) => `${noun.columns[name]} as "${prefix}${name}"`)
    .join(', ');
}

/** `id`, unless one of the fields holds the same. */
export function idField({ columns, id }: Noun, fields: ReadonlySet<string>): string {
  return [...fields].find((field) => columns[field] === id[0]) ?? 'id';
}
