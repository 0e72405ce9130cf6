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
import { learnedText, type Learned } from './learned.js';

const seen = (firstSeenAt: number, learned: Learned | null = null) => ({
  firstSeenAt,
  learned: learned && learnedText(learned),
});

describe('startOf', () => {
  it('takes the first reported time there is, else the earliest evidence', () => {
    expect(startOf([null, 7], seen(3))).toEqual({ startedAt: 7, startSource: 'REPORTED' });
    expect(startOf([null], seen(3))).toEqual({ startedAt: 3, startSource: 'INFERRED' });
    expect(startOf([null], seen(3, { start: 2 }))).toEqual({ startedAt: 2, startSource: 'RECONCILED' });
    expect(startOf([7], seen(3, { start: 2 }))).toEqual({ startedAt: 7, startSource: 'REPORTED' });
  });
});

describe('earliestStart', () => {
  it('is the least time that is told', () => {
    expect(earliestStart([null, 7], seen(3))).toBe(3);
    expect(earliestStart([2, 7], seen(3))).toBe(2);
    expect(earliestStart([null], seen(3))).toBe(3);
    expect(earliestStart([null], seen(3, { start: 2 }))).toBe(2);
  });
});

describe('reportedEnd', () => {
  it('is never before the start', () => {
    expect(reportedEnd(5000, 4000, 0)).toEqual({ endedAt: 5000, endSource: 'REPORTED', endUncertaintyMs: 0 });
  });
});

describe('derivedEnd', () => {
  const session = { startedAt: 1000, lastSeenAt: 5000, learned: null };

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

describe('derivedEnd of what was learned', () => {
  const cascaded: EndCandidate[] = [{ at: 8000, source: 'CASCADED' }];
  const id = 'roomledger:1';
  const reconciled = { seenAt: 5000, missedAt: 65_000, id };
  const expired = { seenAt: 5000, endedAt: 5000, limitMs: 600_000, id };
  const corrected = { decidedAt: 70_000, endedAt: 7000, id };
  const ends: [string, Learned, number, EndCandidate[], object][] = [
    ['LiveKit’s own', { ended: 6000, corrected }, 5000, cascaded, [6000, 'RECONCILED', 0]],
    ['an operator’s before any implied one', { corrected, reconciled }, 5000, cascaded, [7000, 'OPERATOR', 0]],
    [
      'none of an operator’s that is taken back',
      { corrected: { ...corrected, endedAt: null } },
      5000,
      [],
      [null, null, null],
    ],
    ['none of an operator’s before later life', { corrected }, 7001, [], [null, null, null]],
    ['at the last sign of life when LiveKit lacks it', { reconciled }, 5000, cascaded, [5000, 'RECONCILED', 60_000]],
    ['none of a poll’s before later life', { reconciled }, 5001, [], [null, null, null]],
    ['of a time limit when nothing else is known', { expired }, 5000, [], [5000, 'EXPIRED', 600_000]],
    ['not of a time limit when another is known', { expired }, 5000, cascaded, [8000, 'CASCADED', 3000]],
    ['none of a time limit before later life', { expired }, 5001, [], [null, null, null]],
    [
      'superseded rather than reconciled at one time',
      { reconciled },
      5000,
      [{ at: 5000, source: 'SUPERSEDED' }],
      [5000, 'SUPERSEDED', 1000],
    ],
  ];

  it.each(ends)('is %s', (_, learned, lastSeenAt, candidates, end) => {
    const { endedAt, endSource, endUncertaintyMs } = derivedEnd(
      { startedAt: 1000, lastSeenAt, learned: learnedText(learned) },
      candidates,
    );
    expect([endedAt, endSource, endUncertaintyMs]).toEqual(end);
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
