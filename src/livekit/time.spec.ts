import { expect, it } from 'vitest';
import { clockOf, timeOf, type Unit } from './time.js';

const arrival = Date.UTC(2026, 2, 2);
const ms = 1_772_445_604_123;

it.each<[bigint | null, Unit, number | null]>([
  [1_772_400_000n, 's', 1_772_400_000_000],
  [1_772_400_000_123n, 'ms', 1_772_400_000_123],
  [1_772_400_000_123_999n, 'us', 1_772_400_000_123],
  [1_772_400_000_123_999_999n, 'ns', 1_772_400_000_123],
  [BigInt(ms), 'ms', null],
  [77n, 'ns', null],
  [-1_772_400_000n, 's', null],
  [null, 's', null],
])('cuts %s %s to %s', (value, unit, time) => {
  expect(timeOf(value, unit, arrival)).toBe(time);
});

it('keeps a clock in its own unit, and takes an unbelievable one for absent', () => {
  expect(clockOf(1_772_400_000_123_999_999n, 'ns', arrival)).toBe(1_772_400_000_123_999_999n);
  expect(clockOf(5n, 'ns', arrival)).toBe(0n);
});
