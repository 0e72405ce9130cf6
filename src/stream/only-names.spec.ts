import { expect, it } from 'vitest';
import { onlyNames } from './only-names.js';

it.each([
  [null, null, null],
  [null, { startsWith: 'a' }, null],
  ['a', null, ['a']],
  ['a', { startsWith: 'b' }, ['a']],
  [null, { eq: 'a' }, ['a']],
  [null, { in: ['a', 'b'] }, ['a', 'b']],
  ['b', { in: ['a', 'b'] }, ['b']],
  ['c', { in: ['a', 'b'] }, []],
  [null, { in: [] }, []],
  [null, { eq: 'a\u0000' }, null],
  ['\ud800', null, null],
  [null, { eq: '😀' }, ['😀']],
])('leaves of the scope %j and the filter %j the names %j', (scope, filter, names) => {
  const left = onlyNames(scope, filter);
  expect(left && [...left]).toEqual(names);
});
