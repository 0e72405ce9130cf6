import { describe, expect, it } from 'vitest';
import { isObject, nesting, parseJson } from './json.js';

describe('nesting', () => {
  it.each([
    ['1', 0],
    ['{}', 1],
    ['[{"a":[1]},[]]', 3],
    ['"[[[["', 0],
    ['["\\"[[",[]]', 2],
    ['['.repeat(100_000), 100_000],
  ])('of %j is counted outside strings', (text, depth) => {
    expect(nesting(text)).toBe(depth);
  });
});

describe('parseJson', () => {
  it('keeps integers that a double would round, as protojson writes them', () => {
    expect(parseJson('{"startedAt": 1772445604000000123, "n":[ -9007199254740993],"x":12}')).toEqual({
      startedAt: '1772445604000000123',
      n: ['-9007199254740993'],
      x: 12,
    });
  });

  it('leaves digits inside strings, and fractions, alone', () => {
    const text = '{"a":"x: 1234567890123456789","b":1234567890123456.5,"c":1234567890123456789}';
    expect(parseJson(text)).toEqual({
      a: 'x: 1234567890123456789',
      b: 1234567890123456.5,
      c: '1234567890123456789',
    });
  });

  it('keeps __proto__ as data', () => {
    const value = parseJson('{"__proto__":{"admin":true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('isObject', () => {
  it.each([
    [{}, true],
    [[], false],
    [null, false],
    ['{}', false],
  ])('of %j is %j', (value, is) => {
    expect(isObject(value)).toBe(is);
  });
});
