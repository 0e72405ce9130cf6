import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverWindows, QUARTER, type Stretch } from './cell-spans.js';

const quarter = fc.integer({ min: 0, max: 2_000_000 }).map((number) => number * QUARTER);
const edges = fc.uniqueArray(quarter, { minLength: 2, maxLength: 8 }).map((list) => list.sort((a, b) => a - b));

function cellsOf({ span, from, to }: Stretch): { from: number; to: number }[] {
  const length = span * 1000;
  return Array.from({ length: (to - from) / length }, (_, index) => ({
    from: from + index * length,
    to: from + (index + 1) * length,
  }));
}

describe('coverWindows', () => {
  it('covers all windows without gaps or overlaps, with whole cells that lie in one window each', () => {
    fc.assert(
      fc.property(edges, (edges) => {
        const stretches = coverWindows(edges);
        for (const { span, from, to } of stretches) expect([from % (span * 1000), to % (span * 1000)]).toEqual([0, 0]);
        const cells = stretches.flatMap(cellsOf).sort((a, b) => a.from - b.from);
        expect(cells.slice(1).map(({ from }) => from)).toEqual(cells.slice(0, -1).map(({ to }) => to));
        expect([cells[0]!.from, cells.at(-1)!.to]).toEqual([edges[0], edges.at(-1)]);
        for (const edge of edges.slice(0, -1)) expect(cells.some(({ from }) => from === edge)).toBe(true);
      }),
    );
  });

  it('takes few cells however long the range', () => {
    const range = [Date.parse('2016-01-01T00:15:00Z'), Date.parse('2026-11-24T11:45:00Z')];
    expect(coverWindows(range).flatMap(cellsOf).length).toBeLessThan(124 + 2 * (31 + 23 + 3));
  });

  it('reads days of a zone as one stretch', () => {
    const days = Array.from({ length: 32 }, (_, day) => Date.parse('2026-09-30T22:00:00Z') + day * 86_400_000);
    expect(coverWindows(days)).toEqual([{ span: 3600, from: days[0], to: days.at(-1) }]);
  });
});
