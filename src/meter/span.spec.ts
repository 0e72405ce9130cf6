import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cover, QUARTER } from './span.js';

const quarter = fc.integer({ min: 0, max: 2_000_000 }).map((number) => number * QUARTER);

describe('cover', () => {
  it('covers a range without gaps or overlaps, with whole cells', () => {
    fc.assert(
      fc.property(quarter, quarter, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        let at = from;
        for (const stretch of cover(from, to)) {
          expect(stretch.from).toBe(at);
          expect([stretch.from % (stretch.span * 1000), stretch.to % (stretch.span * 1000)]).toEqual([0, 0]);
          at = stretch.to;
        }
        expect(at).toBe(to);
      }),
    );
  });

  it('takes few cells however long the range', () => {
    const [from, to] = [Date.parse('2016-01-01T00:15:00Z'), Date.parse('2026-11-24T11:45:00Z')];
    const cells = cover(from, to).reduce((sum, { span, ...range }) => sum + (range.to - range.from) / span / 1000, 0);
    expect(cells).toBeLessThan(124 + 62 + 190);
  });
});
