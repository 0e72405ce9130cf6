import { expect, test } from 'vitest';
import { quotient } from './quotient.js';

test.each([
  [0n, 1_000, 0],
  [1n, 1_000, 0.001],
  [5_400n, 1_000, 5.4],
  [1n, 60_000, 1 / 60_000],
  [2n ** 53n - 1n, 1_000, 9_007_199_254_740.991],
  [2n ** 60n + 1n, 1_000, 1_152_921_504_606_846.977],
  [2n ** 63n - 1n, 60_000, 153_722_867_280_912.9301],
])('%d by %d is the nearest number', (total, by, expected) => {
  expect(quotient(total, by)).toBe(expected);
});
