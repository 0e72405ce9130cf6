import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marksOf, type Metered } from '../meter/session-marks.js';
import { QUARTER } from '../meter/cell-spans.js';
import { type Piece, rowsOfGroup } from './sum-pieces.js';

const HORIZON = 12 * QUARTER;
const instant = fc.integer({ min: 0, max: HORIZON });
const sessions = fc.array(
  fc.tuple(instant, instant, instant).map(([a, b, lastSeenAt]): Metered => {
    const [startedAt, endedAt] = [Math.min(a, b), Math.max(a, b)];
    return { startedAt, endedAt, endSource: a % 2 === 0 ? 'REPORTED' : 'EXPIRED', lastSeenAt };
  }),
  { maxLength: 20 },
);
const edges = fc
  .uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 6 })
  .map((list) => list.sort((a, b) => a - b).map((number) => number * QUARTER));

/** What cells would have of these windows. */
function piecesOf(all: readonly Metered[], windows: readonly number[]): Piece[] {
  const marks = all.flatMap(marksOf).filter(({ at }) => at < windows.at(-1)!);
  return [...windows.keys()].map((win) => {
    const [from, until] = [win === 0 ? 0 : windows[win - 1]!, windows[win]!];
    const own = marks.filter(({ at }) => at >= from && at < until);
    const sum = (of: (mark: (typeof own)[number]) => number): number =>
      own.reduce((total, mark) => total + of(mark), 0);
    return {
      part: 'middle',
      win,
      sessions: 0,
      starts: sum(({ starts }) => starts),
      ends: sum(({ ends }) => ends),
      doubts: sum(({ doubts }) => doubts),
      milliseconds: BigInt(sum((mark) => (until - mark.at) * (mark.starts - mark.ends) - mark.offsetMs)),
      uncertainMilliseconds: BigInt(sum((mark) => (until - mark.at) * mark.doubts - mark.doubtOffsetMs)),
      startedMinutes: BigInt(
        sum((mark) => ((until - mark.at) / 60_000) * (mark.starts - mark.ends) - mark.offsetMinutes),
      ),
    };
  });
}

function countedAnew(all: readonly Metered[], from: number, to: number): object | null {
  const parts = all.filter(({ startedAt, endedAt }) => startedAt < to && endedAt! > Math.max(from, startedAt));
  const sum = (of: (session: Metered) => number): bigint => BigInt(parts.reduce((total, one) => total + of(one), 0));
  const inside = (since: number, until: number): number => Math.max(0, Math.min(until, to) - Math.max(since, from));
  const minutesBefore = (session: Metered, at: number): number =>
    Math.ceil(Math.max(0, Math.min(at, session.endedAt!) - session.startedAt) / 60_000);
  if (parts.length === 0) return null;
  return {
    sessions: parts.length,
    milliseconds: sum(({ startedAt, endedAt }) => inside(startedAt, endedAt!)),
    uncertainMilliseconds: sum(({ startedAt, endedAt, endSource, lastSeenAt }) =>
      endSource === 'EXPIRED' ? inside(Math.max(startedAt, lastSeenAt), endedAt!) : 0,
    ),
    startedMinutes: sum((session) => minutesBefore(session, to) - minutesBefore(session, from)),
  };
}

describe('rowsOfGroup', () => {
  it('adds cells up to what the sessions have, window by window', () => {
    fc.assert(
      fc.property(sessions, edges, (all, edges) => {
        const range = { edges, split: { lead: [], middle: edges, tail: [] }, now: HORIZON };
        const rows = rowsOfGroup({ values: [], pieces: piecesOf(all, edges) }, range);
        const expected = edges.slice(1).flatMap((to, index) => countedAnew(all, edges[index]!, to) ?? []);
        expect(rows).toMatchObject(expected);
        expect(rows).toHaveLength(expected.length);
      }),
    );
  });
});
