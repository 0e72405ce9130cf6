import { expect, it } from 'vitest';
import { settledSnapshot } from './distributed-log.js';

it.each([
  ['nothing is prepared', '10:12:10', [], '10:12:10'],
  ['nothing runs', '10:10:', [], '10:10:'],
  ['one is prepared below all that run', '10:12:10,11', ['7'], '7:12:7,10,11'],
  ['several are prepared between', '10:20:10', ['15', '12'], '10:20:10,12,15'],
  ['one is prepared and nothing runs', '20:20:', ['15'], '15:20:15'],
  [
    'ids of 32 bits began anew',
    '4294967300:4294967310:',
    ['2', '4294967290'],
    '4294967290:4294967310:4294967290,4294967298',
  ],
])('a snapshot leaves out what is prepared: %s', (_what, snapshot, prepared, settled) => {
  expect(settledSnapshot({ snapshot, prepared })).toBe(settled);
});
