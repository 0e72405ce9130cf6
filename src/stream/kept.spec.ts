import { expect, it } from 'vitest';
import { requireKept } from './kept.js';
import { logPosition } from './log-position.js';

const at = (...place: number[]) => logPosition(...place);

it.each([
  ['before what is kept', at(1, 5, 9), at(1, 6, 1)],
  ['of an earlier epoch', at(1, 50, 9), at(2, 1, 1)],
  ['of the same transaction, but earlier', at(1, 6, 1), at(1, 6, 2)],
])('refuses a cursor %s', (_, after, complete) => {
  expect(() => requireKept(after, complete)).toThrow(expect.objectContaining({ code: 'CURSOR_EXPIRED', status: 410 }));
});

it('takes the last cursor before what is kept, any later one, and all while nothing is dropped', () => {
  expect(() => requireKept(at(1, 6, 2), at(1, 6, 2))).not.toThrow();
  expect(() => requireKept(at(1, 1_000, 0), at(1, 999, 7))).not.toThrow();
  expect(() => requireKept(at(1, 1, 1), null)).not.toThrow();
});
