import type { StatementBuilder } from './statement.js';

/** SQL for a filter's value (never null); `by` is the first column of the list's order. */
export type Filter<T> = (value: T, statement: StatementBuilder, by?: string) => string;

/** One part of an order: what the database compares and a cursor stores. */
export interface OrderKey {
  readonly sql: string;
  readonly kind: 'time' | 'text' | 'integer';
}

export interface Ends {
  readonly start: string;
  readonly end: string;
  /** SQL: the session has no length. */
  readonly empty?: string;
}

/** A field that is another table's row, found by id and room name. */
export interface Pointer {
  readonly noun: Noun;
  readonly id: string;
}

export interface Noun {
  readonly type: string;
  readonly table: string;
  /** The id, then columns that order rows with the same id. */
  readonly id: readonly [string, ...string[]];
  readonly columns: Readonly<Record<string, string>>;
  /** Fields that resolvers need to find nested rows. */
  readonly keys: readonly string[];
  readonly filters: Readonly<Record<string, Filter<never>>>;
  /** Name filters whose index continues in the default order, with their columns. */
  readonly names?: Readonly<Record<string, string>>;
  readonly orders: Readonly<Record<string, readonly OrderKey[]>>;
  readonly defaultOrder: string;
  /** Refused without `active: true`, whose rows are few enough to sort. */
  readonly orderOfActive?: string;
  /** Citus may distribute its table: then no lateral join reads it, and the horizon is read apart. */
  readonly ofLog?: true;
  /** SQL of what its cursors carry, so that a stream can resume from them. */
  readonly horizon?: string;
  readonly empty?: string;
  readonly ends?: Ends;
  readonly pointers?: Readonly<Record<string, Pointer>>;
  /** Of the service's own ids: any other id names none of these. */
  readonly idPrefix?: string;
  /** Hidden from tokens of one room name. */
  readonly ofProject?: true;
}

export interface NestedList {
  readonly noun: Noun;
  readonly list: string;
  /** The parent's fields that the condition compares. */
  readonly keys: readonly string[];
  readonly on: (...keys: string[]) => string;
}

/** Columns to select: the fields, and the keys if a field is found by them; at least the id. */
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

export function idField({ columns, id }: Noun, fields: ReadonlySet<string>): string {
  return [...fields].find((field) => columns[field] === id[0]) ?? 'id';
}

/** A filter as SQL, each part by itself. @throws Refusal BAD_USER_INPUT */
export function conditionsOf(
  { filters }: Noun,
  filter: Readonly<Record<string, unknown>>,
  statement: StatementBuilder,
): string[] {
  const given = Object.entries(filter).filter(([, value]) => value != null);
  return given.map(([name, value]) => (filters as Readonly<Record<string, Filter<unknown>>>)[name]!(value, statement));
}
