import { expect, test } from 'vitest';
import { doubtfulFrom, type Spanned } from './doubt';

const session = (known: Partial<Spanned>): Spanned => ({
  from: 1_000,
  to: 61_000,
  lastSeenAt: 31_000,
  endSource: 'REPORTED',
  endUncertaintySeconds: null,
  ...known,
});

test.each([
  ['a reported end is certain', {}, 61_000],
  ['a reported end may be off', { endUncertaintySeconds: 21 }, 40_000],
  ['never before its start', { endUncertaintySeconds: 600 }, 1_000],
  ['an end with the room is doubted from the last sign of life', { endSource: 'CASCADED' }, 31_000],
  ['what an operator set is believed', { endSource: 'OPERATOR' }, 61_000],
  ['an open one is doubted from the last sign of life', { to: null, endSource: null }, 31_000],
  ['a sign of life after the end leaves no doubt', { endSource: 'EXPIRED', lastSeenAt: 90_000 }, 61_000],
] as const)('%s', (_what, known, from) => {
  expect(doubtfulFrom(session(known), 91_000)).toBe(from);
});
