import { badInput } from '../http/refusal.js';
import type { Words } from './columns.js';
import type { Filter } from './noun.js';

export const MAX_LIST = 200;

export interface StringFilter {
  readonly eq?: string | null;
  readonly in?: readonly string[] | null;
  readonly startsWith?: string | null;
  readonly contains?: string | null;
  readonly notIn?: readonly string[] | null;
}

export interface InstantRange {
  readonly gte?: string | null;
  readonly lt?: string | null;
}

interface IntFilter {
  readonly gte?: number | null;
  readonly lte?: number | null;
}

export interface PathFilter {
  readonly path: string;
  readonly eq: string;
}

export function all(conditions: readonly (string | false)[]): string {
  return conditions.filter((condition) => condition !== false).join(' and ') || 'true';
}

export function bounded<T>(list: readonly T[]): readonly T[] {
  if (list.length > MAX_LIST) throw badInput(`A list of ${list.length} values is longer than ${MAX_LIST}.`);
  return list;
}

const MAX_TEXT = 256;

/** For texts whose length is work for each row. @throws Refusal BAD_USER_INPUT that names the argument */
export function boundedText(argument: string, text: string): string {
  if (text.length > MAX_TEXT) throw badInput(`The ${argument} has ${text.length} characters, more than ${MAX_TEXT}.`);
  return text;
}

export function equal(column: string): Filter<string> {
  return (value, statement) => `${column} = ${statement.bind(value)}`;
}

/** Not bound: a plan for a parameter could not use a partial index. */
export function is(column: string): Filter<boolean> {
  return (value) => (value ? column : `not ${column}`);
}

/** `=` keeps the order of an index, `any` does not. */
export function oneOf(column: string): Filter<readonly string[]> {
  return (list, statement) =>
    list.length === 1
      ? `${column} = ${statement.bind(list[0]!)}`
      : `${column} = any(${statement.bind(bounded(list))}::text[])`;
}

export function text(column: string): Filter<StringFilter> {
  return (filter, statement) =>
    all([
      filter.eq != null && equal(column)(filter.eq, statement),
      filter.in != null && oneOf(column)(filter.in, statement),
      filter.startsWith != null && `${column} ^@ ${statement.bind(boundedText('startsWith', filter.startsWith))}`,
      filter.contains != null && contains(column, statement.bind(boundedText('contains', filter.contains))),
      filter.notIn != null && `coalesce(${column} <> all(${statement.bind(bounded(filter.notIn))}::text[]), true)`,
    ]);
}

function contains(column: string, text: string): string {
  return `strpos(${folded(column)}, ${folded(`${text}::text`)}) > 0`;
}

/** Upper case last: it makes one letter of σ and ς, and two of ß. In Turkish, I, i, ı and İ are pairs: here all are one. */
function folded(text: string): string {
  return String.raw`replace(upper(lower(${text} collate "und-x-icu")), E'I\u0307', 'I')`;
}

export function instant(column: string): Filter<InstantRange> {
  return ({ gte, lt }, statement) =>
    all([gte != null && `${column} >= ${statement.bind(gte)}`, lt != null && `${column} < ${statement.bind(lt)}`]);
}

/** Of events, with what lets Postgres leave out other partitions: an event's time is that of its key, or its arrival's. */
export function eventTime(column: string): Filter<InstantRange> {
  const inRange = instant(column);
  return ({ gte, lt }, statement, by) => {
    const bound = (time: string): string => `${statement.bind(time)}::timestamptz`;
    return all([
      inRange({ gte, lt }, statement, by),
      gte != null && notBeforeSql(bound(gte)),
      lt != null && beforeSql(bound(lt)),
    ]);
  };
}

/** SQL: a key before 2000 or after 2100 may have the time of its arrival. */
export function notBeforeSql(time: string): string {
  return `(created_seconds >= floor(extract(epoch from ${time}))::bigint or created_seconds < 946684800)`;
}

export function beforeSql(time: string): string {
  return `(created_seconds < ceil(extract(epoch from ${time}))::bigint or created_seconds >= 4102444800)`;
}

export function count(column: string): Filter<IntFilter> {
  return ({ gte, lte }, statement) =>
    all([gte != null && `${column} >= ${statement.bind(gte)}`, lte != null && `${column} <= ${statement.bind(lte)}`]);
}

/** `OTHER` matches every stored value without an API name. */
export function word(column: string, known: Words): Filter<readonly string[]> {
  return (names, statement) => {
    const stored = bounded(names).flatMap((name) => known.get(name) ?? []);
    const named = `${column} = any(${statement.bind(stored)}::text[])`;
    if (!names.includes('OTHER')) return named;
    const others = `(${column} <> all(${statement.bind([...known.values()])}::text[]) or ${column} is null)`;
    return `(${named} or ${others})`;
  };
}

export function otherWord(column: string, known: Words): Filter<readonly string[]> {
  return (names, statement) => `(${word(column, known)(names, statement)}) is not true`;
}

export function attribute(column: string): Filter<PathFilter> {
  return ({ path, eq }, statement) =>
    `${column} ->> ${statement.bind(boundedText('path', path))} = ${statement.bind(eq)}`;
}

export function noneOf(column: string): Filter<readonly string[]> {
  return (list, statement) => `not coalesce(${column} ?| ${statement.bind(bounded(list))}::text[], false)`;
}

/** Numbers and booleans compare by their JSON text. */
export function atPath(column: string): Filter<PathFilter> {
  return ({ path, eq }, statement) => {
    const steps = `${statement.bind(boundedText('path', path).split('.'))}::text[]`;
    const scalar = `jsonb_typeof(${column} #> ${steps}) in ('string', 'number', 'boolean')`;
    return `(${scalar} and ${column} #>> ${steps} = ${statement.bind(eq)})`;
  };
}
