import { byteOrder } from './snapshot-clock.js';

/** What the service found out by itself about a session. Times in ms; `seenAt` is the lastSeenAt that was judged. */
export interface Learned {
  /** LiveKit's own start, as its API lists it. */
  readonly start?: number;
  /** LiveKit's own end, as its API lists it. */
  readonly ended?: number;
  readonly reconciled?: { readonly seenAt: number; readonly missedAt: number; readonly id: string };
  readonly expired?: {
    readonly seenAt: number;
    readonly endedAt: number;
    readonly limitMs: number;
    readonly id: string;
  };
  /** The newest correction; a null end takes the earlier ones back. */
  readonly corrected?: { readonly decidedAt: number; readonly endedAt: number | null; readonly id: string };
}

const nothing: Learned = {};

/** Stored as JSON with keys in a fixed order, so that equal facts are equal texts. Null: nothing was learned. */
export function learnedText(learned: Learned): string {
  const { start, ended, reconciled, expired, corrected } = learned;
  return JSON.stringify({ start, ended, reconciled, expired, corrected });
}

export function learnedOf(text: string | null): Learned {
  return text === null ? nothing : (JSON.parse(text) as Learned);
}

/** The earliest start and end, and of each other part the one that judged last. */
export function mergeLearned(a: string | null, b: string | null): string | null {
  if (a === null || b === null || a === b) return a ?? b;
  const [mine, theirs] = [learnedOf(a), learnedOf(b)];
  return learnedText({
    start: least(mine.start, theirs.start),
    ended: least(mine.ended, theirs.ended),
    reconciled: later(mine.reconciled, theirs.reconciled, ({ seenAt }) => seenAt),
    expired: later(mine.expired, theirs.expired, ({ seenAt }) => seenAt),
    corrected: later(mine.corrected, theirs.corrected, ({ decidedAt }) => decidedAt),
  });
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function later<T extends { id: string }>(a: T | undefined, b: T | undefined, at: (part: T) => number): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return (at(a) - at(b) || byteOrder(a.id, b.id)) >= 0 ? a : b;
}
