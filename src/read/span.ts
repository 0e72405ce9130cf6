import { all, type InstantRange } from './filters.js';
import type { Ends } from './noun.js';
import type { StatementBuilder } from './statement.js';

/**
 * Sessions are classed by their length, as the indexes by length are: those of class k are shorter than the k-th
 * bound, in seconds. What overlaps a span began in it, or at most one bound before it: that is a narrow range of each
 * class, however long history is.
 */
const bounds = [60, 240, 960, 3840, 15360, 61440, 245760, 983040, 3932160, 15728640];
const OPEN = 99;

const lengthClass = `coalesce(width_bucket(date_part('epoch', ended_at - started_at), '{${bounds.join()}}'::float8[]), ${OPEN})`;

/** The condition of open sessions, in the shape of the indexes by length. */
export const open = `${lengthClass} = ${OPEN}`;

/** The end, in the shape of the indexes by end. */
export const openEnded = "coalesce(ended_at, 'infinity'::timestamptz)";

/** From an instant on, up to another, both RFC 3339; the sessions that are open, or that are not. Null is any. */
export interface Span {
  readonly from: string | null;
  readonly until: string | null;
  readonly active: boolean | null;
}

export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

/**
 * What a list's filters say of its sessions' times: they overlap this span. Null where they say nothing but of the
 * time that the list is ordered `by`, whose index has both.
 */
export function spanOf({ start, end }: Ends, filter: Readonly<Record<string, unknown>>, by: string): Span | null {
  const { activeAt: at, activeDuring: during } = filter as {
    activeAt?: string | null;
    activeDuring?: TimeRange | null;
  };
  const ranges = [by !== 'started_at' && filter[start], by !== openEnded && filter[end]] as (InstantRange | null)[];
  const sides = ranges.map((range) => ({ from: range?.gte, to: range?.lt }));
  if (at != null) sides.push({ from: at, to: new Date(Date.parse(at) + 1).toISOString() });
  if (during != null) sides.push(during);
  const from = sides.flatMap((side) => side.from ?? []).sort();
  const until = sides.flatMap((side) => side.to ?? []).sort();
  const active = (filter['active'] as boolean | null | undefined) ?? null;
  if (from.length + until.length === 0 && active === null) return null;
  return { from: from.at(-1) ?? null, until: until[0] ?? null, active };
}

/** Few have ended so lately; by their lengths all that began within the bounds are looked through, most of which are over. */
const RECENT_MS = 300_000;

/** How long before a span the sessions of each class may have begun. */
const reaches = [...bounds.map((seconds) => `interval '${seconds} s'`), "interval '1000 years'"];
const classes = `(values ${reaches.map((reach, index) => `(${index}, ${reach})`).join(', ')}) as classes(index, reach)`;

/** Rows of a table that a condition holds for; with each row of `each` in turn, where there is one. */
export interface Place {
  readonly where: string;
  readonly each?: string;
}

/** Where the sessions of a span are, each once: places that an index leads to, most in an order by start, or by end. */
export function placesOf(statement: StatementBuilder, span: Span, by = 'started_at'): Place[] {
  // In the order by end each class wants a plan of its own: of some all rows are sorted, of others a page is read.
  if (!statement.laterals || by === openEnded) return conditionsOf(statement, span, by).map((where) => ({ where }));
  const { closed, recent, still } = wordsOf(statement, span, by);
  // With a place for each class, planning would take several times as long as reading.
  const over = recent === null ? { where: closed('classes.index', 'classes.reach'), each: classes } : { where: recent };
  return chosen(span, [over], { where: still });
}

/** The same as conditions, of which at most one holds. */
export function conditionsOf(statement: StatementBuilder, span: Span, by = 'started_at'): string[] {
  const { closed, recent, still } = wordsOf(statement, span, by);
  const over = recent === null ? reaches.map((reach, index) => closed(`${index}`, reach)) : [recent];
  return chosen(span, over, still);
}

function chosen<T>({ active }: Span, over: readonly T[], still: T): T[] {
  return [...(active === true ? [] : over), ...(active === false ? [] : [still])];
}

interface Words {
  /** Of the closed sessions of a class. */
  closed(index: string, reach: string): string;
  /** Of all closed ones, where the span began lately. */
  readonly recent: string | null;
  readonly still: string;
}

function wordsOf(statement: StatementBuilder, { from, until, active }: Span, by: string): Words {
  const since = from === null || active === true ? null : `${statement.bind(from)}::timestamptz`;
  const limit = until === null ? null : `${statement.bind(until)}::timestamptz`;
  const before = limit !== null && `started_at < ${limit}`;
  // The same, worded apart: of conditions joined by `or` the planner takes out what all share, and misjudges the rest.
  const began = limit !== null && `started_at <= ${limit} - interval '1 ms'`;
  const isRecent = since !== null && Date.parse(from!) > Date.parse(statement.now) - RECENT_MS;
  return {
    closed: (index, reach) =>
      all([
        `${lengthClass} = ${index}`,
        before,
        since !== null && `started_at > ${since} - ${reach}`,
        since !== null && by === openEnded && `${openEnded} >= ${since}`,
        limit !== null && by === openEnded && `${openEnded} < ${limit} + ${reach}`,
      ]),
    recent: isRecent ? all([`${openEnded} >= ${since} and ${openEnded} < 'infinity'`, before]) : null,
    still: all([by === openEnded ? `${openEnded} = 'infinity'` : open, began]),
  };
}
