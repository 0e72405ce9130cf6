import type { InstantRange } from './filters.js';
import type { Ends } from './noun.js';
import type { Statement } from './statement.js';

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

export interface Interval {
  readonly from: string;
  readonly to: string;
}

/**
 * What a list's filters say of its sessions' times: they overlap this span. Null where they say nothing but of the
 * time that the list is ordered `by`, whose index has both.
 */
export function spanOf({ start, end }: Ends, filter: Readonly<Record<string, unknown>>, by: string): Span | null {
  const { activeAt: at, activeDuring: during } = filter as { activeAt?: string | null; activeDuring?: Interval | null };
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

/** What ended within this time is few beside what began within the bounds, of which near now hardly any was there. */
const RECENT_MS = 300_000;

/** Where the sessions of a span are: conditions of which at most one holds, most with an order by start, or by end. */
export function placesOf(statement: Statement, { from, until, active }: Span, by = 'started_at'): string[] {
  const since = from === null || active === true ? null : `${statement.bind(from)}::timestamptz`;
  const limit = until === null ? null : `${statement.bind(until)}::timestamptz`;
  const before = limit === null ? [] : [`started_at < ${limit}`];
  // The same, worded apart: of places joined by `or` the planner takes out what all share, and misjudges the rest.
  const began = limit === null ? [] : [`started_at <= ${limit} - interval '1 ms'`];
  const recent = from !== null && Date.parse(from) > Date.parse(statement.now) - RECENT_MS;
  const ended = [`${openEnded} >= ${since} and ${openEnded} < 'infinity'`, ...before];
  const byLength = [...bounds, Infinity].map((seconds, index) => {
    if (seconds === Infinity) return [`${lengthClass} = ${index}`, ...began];
    const place = [`${lengthClass} = ${index}`, ...before];
    const reach = `interval '${seconds} s'`;
    if (since !== null) place.push(`started_at > ${since} - ${reach}`);
    if (since !== null && by === openEnded) place.push(`${openEnded} >= ${since}`);
    if (limit !== null && by === openEnded) place.push(`${openEnded} < ${limit} + ${reach}`);
    return place;
  });
  const closed = recent ? [ended] : byLength;
  const still = [by === openEnded ? `${openEnded} = 'infinity'` : open, ...began];
  const places = [...(active === true ? [] : closed), ...(active === false ? [] : [still])];
  return places.map((place) => place.join(' and '));
}
