import { QUARTER } from './cell-spans.js';

/** Times in ms. */
export interface Metered {
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly endSource: string | null;
  readonly lastSeenAt: number;
}

/** Additive. Offsets count from the start of the cell. */
export interface Sums {
  starts: number;
  ends: number;
  /** Offsets of starts minus those of ends. */
  offsetMs: number;
  /** The same in minutes, each end moved up to the end of its last started minute. */
  offsetMinutes: number;
  /** Uncertain parts that begin here minus those that end here, and their offsets. */
  doubts: number;
  doubtOffsetMs: number;
}

export interface Mark extends Sums {
  readonly at: number;
}

const MINUTE = 60_000;
const derivedEnds: ReadonlySet<string> = new Set(['CASCADED', 'SUPERSEDED', 'RECONCILED', 'EXPIRED']);

export function derivedSql(column: string): string {
  return `${column} in ('${[...derivedEnds].join("', '")}')`;
}

/**
 * The marks of a session. An end counts in the quarter-hour that it closes, so that the cells before an edge hold every
 * session that ended by it.
 */
export function marksOf({ startedAt, endedAt, endSource, lastSeenAt }: Metered): Mark[] {
  if (endedAt === null) return [startAt(startedAt)];
  if (endedAt <= startedAt) return [];
  const lastMinute = Math.floor(startedAt / MINUTE) + Math.ceil((endedAt - startedAt) / MINUTE);
  const marks = [startAt(startedAt), endAt(endedAt, lastMinute)];
  const doubt = Math.max(startedAt, lastSeenAt);
  if (endSource === null || !derivedEnds.has(endSource) || doubt >= endedAt) return marks;
  return [...marks, doubtFrom(doubt), doubtUntil(endedAt)];
}

export const none: Sums = { starts: 0, ends: 0, offsetMs: 0, offsetMinutes: 0, doubts: 0, doubtOffsetMs: 0 };

function startAt(time: number): Mark {
  const at = quarterOf(time);
  return { ...none, at, starts: 1, offsetMs: time - at, offsetMinutes: Math.floor((time - at) / MINUTE) };
}

function endAt(time: number, lastMinute: number): Mark {
  const at = quarterOf(time - 1);
  return { ...none, at, ends: 1, offsetMs: at - time, offsetMinutes: at / MINUTE - lastMinute };
}

function doubtFrom(time: number): Mark {
  const at = quarterOf(time);
  return { ...none, at, doubts: 1, doubtOffsetMs: time - at };
}

function doubtUntil(time: number): Mark {
  const at = quarterOf(time - 1);
  return { ...none, at, doubts: -1, doubtOffsetMs: at - time };
}

function quarterOf(time: number): number {
  return time - (time % QUARTER);
}
