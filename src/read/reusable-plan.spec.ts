import { describe, expect, it } from 'vitest';
import { participant } from './nouns/participant.js';
import { isSteady } from './reusable-plan.js';

const by = (order: string) => ({ list: '', order, direction: 'DESC', keys: participant.orders[order]! }) as const;
const range = { gte: '2026-11-01T00:00:00.000Z', lt: '2026-12-01T00:00:00.000Z' };

describe('one plan is good for', () => {
  it.each([
    {},
    { identity: { eq: 'ann' }, roomName: null },
    { sid: ['PA_1'], kind: ['STANDARD'], hidden: false },
    { identity: { in: ['ann', 'bob'] }, joinedAt: range },
  ])('%j', (filter) => {
    expect(isSteady(participant, filter, by('JOINED_AT'))).toBe(true);
  });
});

describe('a plan of its own is made for', () => {
  it.each([
    { leftAt: range },
    { identity: { startsWith: 'a' } },
    { activeAt: '2026-11-01T00:00:00.000Z' },
    { activeDuring: { from: range.gte, to: range.lt } },
    { attribute: { path: 'plan', eq: 'gold' } },
  ])('%j', (filter) => {
    expect(isSteady(participant, filter, by('JOINED_AT'))).toBe(false);
  });

  it('a range of another time than the order has', () => {
    expect(isSteady(participant, { joinedAt: range }, by('LEFT_AT'))).toBe(false);
    expect(isSteady(participant, { leftAt: range }, by('LEFT_AT'))).toBe(true);
  });
});
