import type { Allowance } from './allowance.js';
import type { Zone } from './zone.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type UsageInterval = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';

/** ms since 1970; half-open. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One more than windows; the first and last window are clipped. @throws Refusal TOO_MANY_ROWS */
export function edgesOf(
  { from, to }: Range,
  interval: UsageInterval | null,
  { zone, allowance }: { zone: Zone; allowance: Allowance },
): number[] {
  const edges: number[] = [];
  for (const edge of eachEdge({ from, to }, interval, zone)) {
    if (edge < to) allowance.spendWindows(1);
    edges.push(edge);
  }
  return edges;
}

export function* eachEdge({ from, to }: Range, interval: UsageInterval | null, zone: Zone): Generator<number> {
  let last = from;
  yield from;
  for (const start of interval === null ? [] : starts[interval](zone, from)) {
    if (start >= to) break;
    if (start > last) yield (last = start);
  }
  yield to;
}

type Starts = (zone: Zone, from: number) => Generator<number>;

const starts: Record<UsageInterval, Starts> = {
  HOUR: fullHours,
  DAY: midnights((day) => day + 1),
  WEEK: midnights((day) => day + 7 - weekday(day)),
  MONTH: midnights((day) => firstOfNextMonth(day)),
};

/** Some may precede `from`. */
function* fullHours(zone: Zone, from: number): Generator<number> {
  for (let day = Math.floor(from / DAY) * DAY; ; day += DAY) {
    const turn = zone.turnBetween(day, day + DAY) ?? day + DAY;
    yield* fullHoursOf({ from: day, to: turn }, zone.offsetAt(day));
    yield* fullHoursOf({ from: turn, to: day + DAY }, zone.offsetAt(day + DAY));
  }
}

function* fullHoursOf({ from, to }: Range, offset: number): Generator<number> {
  for (let at = Math.ceil((from + offset) / HOUR) * HOUR - offset; at < to; at += HOUR) yield at;
}

/** Days count since 1970 on the local calendar. */
function midnights(next: (day: number) => number): Starts {
  return function* (zone, from) {
    const today = Math.floor((from + zone.offsetAt(from)) / DAY);
    for (let day = next(today); ; day = next(day)) yield firstInstant(zone, day);
  };
}

/** The first of two midnights; if the clock skips midnight, the instant after the turn. */
function firstInstant(zone: Zone, day: number): number {
  const midnight = day * DAY;
  // No zone is a whole day away from UTC.
  const [since, until] = [midnight - DAY, midnight + DAY];
  const turn = zone.turnBetween(since, until);
  const unturned = midnight - zone.offsetAt(since);
  if (turn === null || unturned < turn) return unturned;
  return Math.max(turn, midnight - zone.offsetAt(until));
}

/** 0 is Monday; 1 January 1970 was a Thursday. */
function weekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

function firstOfNextMonth(day: number): number {
  const date = new Date(day * DAY);
  return new Date(0).setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY;
}
