import type { StatementBuilder } from './statement.js';

/** One condition in SQL for a filter's value, which is never null, in a list that is ordered `by` this SQL first. */
export type Filter<T> = (value: T, statement: StatementBuilder, by?: string) => string;

/** One part of an order: what the database compares, and a cursor keeps as text. */
export interface Key {
  readonly sql: string;
  readonly kind: 'time' | 'text' | 'integer';
}

/** How a kind of session names its ends in the API. */
export interface Ends {
  readonly start: string;
  readonly end: string;
  /** The condition under which a session lasts no time at all. */
  readonly empty?: string;
}

/** Another table's row that a row names by its id, and by its own room name. */
export interface Pointer {
  readonly noun: Noun;
  /** The field that holds the id. */
  readonly id: string;
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
  /** Fields by which others are found that the row does not hold. */
  readonly keys: readonly string[];
  readonly filters: Readonly<Record<string, Filter<never>>>;
  /** Filters by a name of which there is an index that goes on in the default order, with their columns. */
  readonly names?: Readonly<Record<string, string>>;
  readonly orders: Readonly<Record<string, readonly Key[]>>;
  readonly defaultOrder: string;
  /** The condition under which a session lasts no time at all. */
  readonly empty?: string;
  /** Of sessions: how the API names their ends. */
  readonly ends?: Ends;
  /** Fields that are one row of another table. */
  readonly pointers?: Readonly<Record<string, Pointer>>;
}

/** How rows of another table belong to a row. */
export interface NestedList {
  readonly noun: Noun;
  /** The list's name in cursors, such as `Room.participants`. */
  readonly list: string;
  /** Fields of the parent's row. */
  readonly keys: readonly string[];
  /** The condition, given each key's SQL. */
  readonly on: (...keys: string[]) => string;
  /** The same of one parent where the tables are spread over machines. */
  readonly onCitus?: (...keys: string[]) => string;
}

/** What a row must hold for these fields: themselves, and those by which the others are found; the id where there are none. */
export function heldFields({ columns, keys }: Noun, fields: ReadonlySet<string>): string[] {
  const found = [...fields].some((field) => !Object.hasOwn(columns, field) && field !== '__typename');
  const names = Object.keys(columns).filter((name) => fields.has(name) || (found && keys.includes(name)));
  return names.length > 0 ? names : ['id'];
}

/** The columns of what a row must hold for these fields, each named by its field, after `prefix`. */
export function selectList(noun: Noun, fields: ReadonlySet<string>, prefix = ''): string {
  return heldFields(noun, fields)
    .map((name) => `${noun.columns[name]} as "${prefix}${name}"`)
    .join(', ');
}

/** The field by which rows of these fields tell their id: `id`, unless one of them says the same. */
export function idField({ columns, id }: Noun, fields: ReadonlySet<string>): string {
  return [...fields].find((field) => columns[field] === id[0]) ?? 'id';
}
