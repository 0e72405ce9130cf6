import { describe, expect, it } from 'vitest';
import { merger } from './merge-rules.js';

describe('merger', () => {
  interface Facts {
    low: number | null;
    high: number | null;
    said: boolean;
    set: readonly number[];
    fixed: string | null;
    firstClock: string | null;
    first: string | null;
    lastClock: string | null;
    last: string | null;
  }
  const merge = merger<Facts>({
    least: ['low'],
    greatest: ['high'],
    any: ['said'],
    union: ['set'],
    constant: ['fixed'],
    earliest: { firstClock: ['first'] },
    latest: { lastClock: ['last'] },
  });
  const nothing: Facts = {
    low: null,
    high: null,
    said: false,
    set: [],
    fixed: null,
    firstClock: null,
    first: null,
    lastClock: null,
    last: null,
  };

  it('takes each fact by its rule', () => {
    const a: Facts = {
      low: 2,
      high: 2,
      said: false,
      set: [3, 1],
      fixed: 'b',
      firstClock: '2',
      first: 'late',
      lastClock: '2',
      last: 'old',
    };
    const b: Facts = {
      low: 1,
      high: 3,
      said: true,
      set: [2, 1],
      fixed: 'a',
      firstClock: '1',
      first: 'early',
      lastClock: '3',
      last: null,
    };
    const both = {
      low: 1,
      high: 3,
      said: true,
      set: [1, 2, 3],
      fixed: 'a',
      firstClock: '1',
      first: 'early',
      lastClock: '3',
      last: null,
    };
    expect(merge(a, b)).toEqual(both);
  });

  it('prefers anything to nothing', () => {
    const some: Facts = {
      ...nothing,
      low: 1,
      high: 1,
      fixed: 'x',
      firstClock: '1',
      first: 'f',
      lastClock: '1',
      last: 'l',
    };
    expect(merge(nothing, some)).toEqual(some);
    expect(merge(some, { ...nothing, fixed: '' })).toEqual(some);
  });
});
