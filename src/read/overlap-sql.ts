import { all, type InstantRange } from './filters.js';
import { LAST_INSTANT } from './instant.js';
import type { Ends } from './noun.js';
import type { StatementBuilder } from './statement.js';

/**
 * Indexes classify sessions by length: class k holds those shorter than `bounds[k]` seconds. A session that overlaps a
 * span began in it, or at most one bound before it: a narrow range, however long history is.
 */
export const bounds = [60, 240, 960, 3840, 15360, 61440, 245760, 983040, 3932160, 15728640];
const OPEN = 99;

/** The indexes are built on this function. */
const lengthClass = 'length_class(started_at, ended_at)';

export const open = `${lengthClass} = ${OPEN}`;

export const openEnded = 'end_or_infinity(ended_at)';

/** Times are RFC 3339. Null: any. */
export interface Span {
  readonly from: string | null;
  readonly until: string | null;
  readonly active: boolean | null;
}

export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

/** The span that sessions must overlap; null if filters restrict only the time that orders the list. */
export function spanOf({ start, end }: Ends, filter: Readonly<Record<string, unknown>>, by: string): Span | null {
  const { activeAt: at, activeDuring: during } = filter as {
    activeAt?: string | null;
    activeDuring?: TimeRange | null;
  };
  const ranges = [by !== 'started_at' && filter[start], by !== openEnded && filter[end]] as (InstantRange | null)[];
  const sides = ranges.map((range) => ({ from: range?.gte, to: range?.lt }));
  if (at != null) sides.push({ from: at, to: at < LAST_INSTANT ? new Date(Date.parse(at) + 1).toISOString() : at });
  if (during != null) sides.push(during);
  const from = sides.flatMap((side) => side.from ?? []).sort();
  const until = sides.flatMap((side) => side.to ?? []).sort();
  const active = (filter['active'] as boolean | null | undefined) ?? null;
  if (from.length + until.length === 0 && active === null) return null;
  return { from: from.at(-1) ?? null, until: until[0] ?? null, active };
}

/** Few sessions have ended so recently: the index by end finds them sooner. */
const RECENT_MS = 300_000;

const reaches = [...bounds.map((seconds) => `interval '${seconds} s'`), "interval '1000 years'"];
const classes = `(values ${reaches.map((reach, index) => `(${index}, ${reach})`).join(', ')}) as classes(index, reach)`;

/** Rows that match `where`, once for each row of `each`. */
export interface RowSource {
  readonly where: string;
  readonly each?: string;
}

/** Conditions that indexes serve; each session matches one. */
export function sourcesOf(statement: StatementBuilder, span: Span, by = 'started_at'): RowSource[] {
  // Ordered by end, each class needs a plan of its own.
  if (by === openEnded) return conditionsOf(statement, span, by).map((where) => ({ where }));
  const { closed, recent, still } = spanSqlOf(statement, span, by);
  // Planning separate conditions would take longer than reading.
  const over = recent === null ? { where: closed('classes.index', 'classes.reach'), each: classes } : { where: recent };
  return chosen(span, [over], { where: still });
}

/** As plain conditions, of which at most one holds. */
export function conditionsOf(statement: StatementBuilder, span: Span, by = 'started_at'): string[] {
  const { closed, recent, still } = spanSqlOf(statement, span, by);
  const over = recent === null ? reaches.map((reach, index) => closed(`${index}`, reach)) : [recent];
  return chosen(span, over, still);
}

function chosen<T>({ active }: Span, over: readonly T[], still: T): T[] {
  return [...(active === true ? [] : over), ...(active === false ? [] : [still])];
}

interface SpanSql {
  closed(index: string, reach: string): string;
  /** Set if the span began recently. */
  readonly recent: string | null;
  readonly still: string;
}

function spanSqlOf(statement: StatementBuilder, { from, until, active }: Span, by: string): SpanSql {
  const since = from === null || active === true ? null : `${statement.bind(from)}::timestamptz`;
  const limit = until === null ? null : `${statement.bind(until)}::timestamptz`;
  const before = limit !== null && `started_at < ${limit}`;
  // Not `<`: the planner factors out conditions shared by the branches of an `or`, and misjudges the rest.
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
