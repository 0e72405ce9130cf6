import { expect, test } from 'vitest';
import { ago, count, grouped, inHours, inWords, onTheClock } from './durations';

test.each([
  [0, '0 s'],
  [0.42, '0.4 s'],
  [36.9, '36 s'],
  [60, '1 min'],
  [125, '2 min 05 s'],
  [600, '10 min'],
  [725, '12 min'],
  [3_840, '1 h 04 min'],
  [172_799, '47 h 59 min'],
  [176_400, '2 d 01 h'],
])('%f seconds are %s', (seconds, words) => {
  expect(inWords(seconds)).toBe(words);
});

test.each([
  [59, '59 s'],
  [3_599, '59 min'],
  [302_700, '84 h 05 min'],
  [3_600 * 1_234, '1\u202f234 h 00 min'],
])('%f seconds of a sum are %s', (seconds, words) => {
  expect(inHours(seconds)).toBe(words);
});

test.each([
  [-3, '00:00:00'],
  [3_871, '01:04:31'],
  [360_000, '100:00:00'],
])('%f seconds count on from %s', (seconds, clock) => {
  expect(onTheClock(seconds)).toBe(clock);
});

test.each([
  [1.9, 'just now'],
  [59.9, '59 s ago'],
  [3_599, '59 min ago'],
  [90_000, '25 h ago'],
  [180_000, '2 d ago'],
])('%f seconds ago is %s', (seconds, words) => {
  expect(ago(seconds)).toBe(words);
});

test('numbers have narrow spaces between thousands, and one is single', () => {
  expect([grouped(1_234_567), count(1, 'person', 'people'), count(2_000, 'person', 'people')]).toEqual([
    '1\u202f234\u202f567',
    '1 person',
    '2\u202f000 people',
  ]);
});
