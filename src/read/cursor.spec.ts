import { describe, expect, it } from 'vitest';
import { cursorOf, type Ordered, positionOf } from './cursor.js';

const byStart: Ordered = {
  list: 'Query.rooms',
  order: 'STARTED_AT',
  direction: 'DESC',
  keys: [
    { sql: 'started_at', kind: 'time' },
    { sql: 'sid', kind: 'text' },
  ],
};
const byLog: Ordered = { ...byStart, order: 'LOG', keys: [{ sql: 'seq', kind: 'integer' }] };
const encode = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
const head = ['Query.rooms', 'STARTED_AT', 'DESC'];

describe('cursors', () => {
  it('give back the position they were made of', () => {
    const cursor = cursorOf(byStart, { key0: '2026-11-23T10:00:00.000Z', key1: 'RM_ä' });
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(positionOf(byStart, cursor)).toEqual(['2026-11-23T10:00:00.000Z', 'RM_ä']);
  });

  it('may stand at the end of open sessions', () => {
    expect(positionOf(byStart, encode([...head, 'infinity', 'RM_1']))).toEqual(['infinity', 'RM_1']);
  });

  const good = cursorOf(byStart, { key0: '2026-11-23T10:00:00.000Z', key1: 'RM_1' });
  it.each([
    ['list', { ...byStart, list: 'Query.tracks' }],
    ['order', { ...byStart, order: 'ENDED_AT' }],
    ['direction', { ...byStart, direction: 'ASC' as const }],
  ])('are refused by another %s', (_what, other) => {
    expect(() => positionOf(other, good)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });

  it.each([
    '',
    'nonsense',
    '%%%',
    encode(null),
    encode({ list: 'Query.rooms' }),
    encode([...head]),
    encode([...head, '2026-11-23T10:00:00.000Z']),
    encode([...head, '2026-11-23T10:00:00.000Z', 'RM_1', 'more']),
    encode([...head, '2026-99-23T10:00:00.000Z', 'RM_1']),
    encode([...head, 'now()', 'RM_1']),
    encode([...head, '2026-11-23T10:00:00.000Z', 1]),
  ])('that were forged are refused: %j', (cursor) => {
    expect(() => positionOf(byStart, cursor)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });

  it.each(['-1', '1.5', '9223372036854775808', 'x'])('refuse %s as an integer', (seq) => {
    expect(() => positionOf(byLog, encode(['Query.rooms', 'LOG', 'DESC', seq]))).toThrow(/not one of Query.rooms/);
  });
});
