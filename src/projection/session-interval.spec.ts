import { describe, expect, it } from 'vitest';
import {
  derivedEnd,
  earliestStart,
  OPEN,
  reportedEnd,
  startOf,
  supersede,
  type EndCandidate,
  type Sibling,
} from './session-interval.js';

describe('startOf', () => {
  it('takes the first reported time there is, else the earliest evidence', () => {
    expect(startOf([null, 7], 3)).toEqual({ startedAt: 7, startSource: 'REPORTED' });
    expect(startOf([null], 3)).toEqual({ startedAt: 3, startSource: 'INFERRED' });
  });
});

describe('earliestStart', () => {
  it('is the least time that is told', () => {
    expect(earliestStart([null, 7], 3)).toBe(3);
    expect(earliestStart([2, 7], 3)).toBe(2);
    expect(earliestStart([null], 3)).toBe(3);
  });
});

describe('reportedEnd', () => {
  it('is never before the start', () => {
    expect(reportedEnd(5000, 4000, 0)).toEqual({ endedAt: 5000, endSource: 'REPORTED', endUncertaintyMs: 0 });
  });
});

describe('derivedEnd', () => {
  const session = { startedAt: 1000, lastSeenAt: 5000 };

  it.each<[string, EndCandidate[], object]>([
    ['open without a candidate', [{ at: null, source: 'SUPERSEDED' }], OPEN],
    [
      'moved up to the last sign of life',
      [{ at: 2000, source: 'CASCADED' }],
      { endedAt: 5000, endSource: 'CASCADED', endUncertaintyMs: 1000 },
    ],
    [
      'the earliest',
      [
        { at: 9000, source: 'SUPERSEDED' },
        { at: 8000, source: 'CASCADED' },
      ],
      { endedAt: 8000, endSource: 'CASCADED', endUncertaintyMs: 3000 },
    ],
    [
      'of equal ones the first',
      [
        { at: 3000, source: 'SUPERSEDED' },
        { at: 4000, source: 'CASCADED' },
      ],
      { endedAt: 5000, endSource: 'SUPERSEDED', endUncertaintyMs: 1000 },
    ],
  ])('is %s', (_, candidates, end) => {
    expect(derivedEnd(session, candidates)).toEqual(end);
  });
});

describe('supersede', () => {
  const member = (id: string, startedAt: number, startSource: Sibling['startSource'] = 'REPORTED') => ({
    id,
    startedAt,
    startSource,
    supersededAt: null,
  });

  it('gives each the least start among newer ones whose start was told', () => {
    const members = [member('c', 30), member('a', 10), member('b', 20, 'INFERRED'), member('d', 30)];
    const ends = supersede(members, ({ id }) => id).map(({ id, supersededAt }) => [id, supersededAt]);
    expect(ends).toEqual([
      ['a', 30],
      ['b', 30],
      ['c', 30],
      ['d', null],
    ]);
  });
});
