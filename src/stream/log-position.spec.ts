import { describe, expect, it } from 'vitest';
import { cursorOf } from '../read/cursor.js';
import { isBefore, logPosition, resumedFrom, streamOrder } from './log-position.js';

const at = (...place: number[]) => logPosition(...place);
const cursor = (list: string, ...values: unknown[]): string =>
  Buffer.from(JSON.stringify([list, 'LOG', 'DESC', ...values])).toString('base64url');

it('orders by epoch, then transaction, then sequence', () => {
  const ordered = [at(1, 9, 99), at(1, 10, 1), at(1, 10, 2), at(2, 1, 1)];
  const before = ordered.map((one) => ordered.map((other) => isBefore(one, other)));
  expect(before).toEqual(ordered.map((_, row) => ordered.map((__, column) => row < column)));
});

describe('a stream resumes', () => {
  it('exactly after its own cursor', () => {
    const own = cursorOf(streamOrder, { key0: '1', key1: '70', key2: '12' });
    expect(resumedFrom(own)).toEqual(at(1, 70, 12));
  });

  it("at a list's horizon, or at its event where that is earlier", () => {
    expect(resumedFrom(cursor('Query.webhookEvents', '1', '70', '12', '1:65'))).toEqual(at(1, 65, 0));
    expect(resumedFrom(cursor('Room.events', '1', '60', '3', '1:65'))).toEqual(at(1, 60, 3));
    expect(resumedFrom(cursor('Query.webhookEvents', '1', '70', '12', '2:3'))).toEqual(at(1, 70, 12));
  });

  it.each([
    ['without a horizon', cursor('Query.webhookEvents', '1', '70', '12')],
    ['with a horizon that is none', cursor('Query.webhookEvents', '1', '70', '12', '1;65')],
    ['with values that are no numbers', cursor('Query.webhookEvents', '1', 70, 'x', '1:65')],
    ['with too many values', cursor('Query.webhookEvents', '1', '70', '12', '1:65', 1)],
    ['of nothing', ''],
  ])('from no cursor %s', (_, text) => {
    expect(() => resumedFrom(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
