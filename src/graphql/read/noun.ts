import type { Statement } from './statement.js';

/** One condition in SQL for a filter's value, which is never null, in a list that is ordered `by` this SQL first. */
export type Filter<T> = (value: T, statement: Statement, by?: string) => string;

/** One part of an order: what the database compares, and the text a cursor keeps of it. */
export interface Key {
  readonly sql: string;
  readonly text: string;
  readonly kind: 'time' | 'text' | 'integer';
}

/** How a kind of session names its ends in the API. */
export interface Ends {
  readonly start: string;
  readonly end: string;
  /** The condition under which a session lasts no time at all. */
  readonly empty?: string;
}

/** The reading side of one table: everything that lists, look-ups and nested fields need to know of it. */
export interface Noun {
  /** The API's type. */
  readonly type: string;
  readonly table: string;
  /** The id's column, then what decides between two rows of one id: the least wins. */
  readonly id: readonly [string, ...string[]];
  /** The API's fields that rows hold, each as SQL over the table's columns. */
  readonly columns: Readonly<Record<string, string>>;
  /** Fields that are always read, because other fields are found by them. */
  readonly always: readonly string[];
  readonly filters: Readonly<Record<string, Filter<never>>>;
  readonly orders: Readonly<Record<string, readonly Key[]>>;
  readonly defaultOrder: string;
  /** The condition under which a session lasts no time at all. */
  readonly empty?: string;
  /** Of sessions: how the API names their ends. */
  readonly ends?: Ends;
}

/** How rows of another table belong to a row. */
export interface Relation {
  readonly noun: Noun;
  /** The list's name in cursors, such as `Room.participants`. */
  readonly list: string;
  /** Fields of the parent's row. */
  readonly keys: readonly string[];
  /** The condition, given each key's SQL. */
  readonly on: (...keys: string[]) => string;
  /** The same for many parents at once, where it must be worded differently. */
  readonly onMany?: (...keys: string[]) => string;
}

/** `noun`'s columns for these fields, and for those that are always read. */
export function selectList(noun: Noun, fields: ReadonlySet<string>): string {
  const names = Object.keys(noun.columns).filter((name) => fields.has(name) || noun.always.includes(name));
  return names.map((name) => `${noun.columns[name]} as "${name}"`).join(', ');
}
