import { describe, expect, it } from 'vitest';
import { participant } from './nouns/participant.js';
import { namedOf } from './name-filter-sql.js';
import { StatementBuilder } from './statement.js';

const now = '2026-11-24T12:00:00.000Z';
const relation = { noun: participant, list: '', keys: [], on: () => 'true' };

function named(filter: object, { roomName = null, order = 'JOINED_AT' } = {}): object | null {
  const statement = new StatementBuilder({ project: 'p', roomName }, { now });
  const ordered = { list: '', order, direction: 'DESC', keys: participant.orders[order]! } as const;
  return namedOf(statement, { relation, filter: filter as Record<string, unknown>, ordered });
}

describe('texts that begin alike end before', () => {
  it.each([
    ['user-', 'user.'],
    ['ä', 'å'],
    ['a\u{10ffff}', 'b'],
    ['\ud7ff', '\ue000'],
    ['\uffff', '\u{10000}'],
    ['😀', '😁'],
  ])('%j: %j', (from, below) => {
    expect(named({ identity: { startsWith: from } })).toEqual({ column: 'identity', from, below });
    expect(Buffer.compare(Buffer.from(`${from}\u{10ffff}`), Buffer.from(below))).toBe(-1);
  });
});

it('several names are each taken once, also in a range of starts', () => {
  expect(named({ roomName: { in: ['b', 'a', 'b'] }, joinedAt: { lt: now }, sid: null })).toEqual({
    column: 'room_name',
    names: ['b', 'a'],
  });
});

describe('no index of names leads to a page', () => {
  it.each([
    {},
    { identity: { eq: 'ann' } },
    { identity: { in: ['ann'] } },
    { identity: { startsWith: '' } },
    { identity: { startsWith: '\u{10ffff}' } },
    { identity: { startsWith: 'a', in: ['ann', 'bob'] } },
    { identity: { startsWith: 'a' }, hidden: false },
    { identity: { startsWith: 'a' }, leftAt: { lt: now } },
    { joinedAt: { lt: now } },
    { name: { startsWith: 'a' } },
    { sid: ['PA_1', 'PA_2'] },
  ])('by %j', (filter) => {
    expect(named(filter)).toBeNull();
  });

  it.each([{ order: 'LEFT_AT' }, { roomName: 'r' as never }])('%j', (how) => {
    expect(named({ identity: { startsWith: 'a' } }, how)).toBeNull();
  });
});
