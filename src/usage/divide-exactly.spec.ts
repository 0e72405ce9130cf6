import { expect, test } from 'vitest';
import { quotient } from './divide-exactly.js';

test.each([
  [0n, 1_000, '0'],
  [1n, 1_000, '0.001'],
  [5_400n, 1_000, '5.4'],
  [100_000n, 60_000, '1.66666666666666666667'],
  [2n ** 53n - 1n, 1_000, '9007199254740.991'],
  [2n ** 60n + 1n, 1_000, '1152921504606846.977'],
  [2n ** 63n - 1n, 60_000, '153722867280912.93011666666666667'],
])('%d by %d is the number nearest to %s', (total, by, exact) => {
  expect(quotient(total, by)).toBe(Number(exact));
});
