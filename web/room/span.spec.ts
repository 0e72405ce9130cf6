import { describe, expect, it } from 'vitest';
import { moved, ticks, zoomed } from './span';

const whole = { from: 0, to: 3_600_000 };

describe('a span', () => {
  it('keeps the point under the pointer when it is zoomed', () => {
    const span = zoomed(whole, { factor: 0.5, at: 0.25, whole });
    expect(span).toEqual({ from: 450_000, to: 2_250_000 });
    expect(span.from + (span.to - span.from) * 0.25).toBe(900_000);
  });

  it('never leaves the whole, nor gets narrower than a second', () => {
    expect(zoomed({ from: 0, to: 1_800_000 }, { factor: 100, at: 1, whole })).toEqual(whole);
    expect(moved({ from: 600_000, to: 1_200_000 }, -9e9, whole)).toEqual({ from: 0, to: 600_000 });
    expect(moved({ from: 600_000, to: 1_200_000 }, 9e9, whole)).toEqual({ from: 3_000_000, to: 3_600_000 });
    const least = zoomed(whole, { factor: 1e-9, at: 0.5, whole });
    expect(least.to - least.from).toBe(1_000);
  });

  it('has ticks at whole steps of the clock of the zone', () => {
    expect(ticks({ from: 341_418, to: 3_904_000 }, 0.1, 0)).toEqual({
      step: 600_000,
      at: [600_000, 1_200_000, 1_800_000, 2_400_000, 3_000_000, 3_600_000],
    });
    const half = ticks({ from: 0, to: 7_200_000 }, 0.4, 1_800_000);
    expect(half).toEqual({ step: 3_600_000, at: [1_800_000, 5_400_000] });
  });
});
