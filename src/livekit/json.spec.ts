import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type Json, nesting, parseJson, survey } from './json.js';

describe('nesting', () => {
  it.each([
    ['1', 0],
    ['{}', 1],
    ['[{"a":[1]},[]]', 3],
    ['"[[[["', 0],
    ['["\\"[[",[]]', 2],
    ['["\\\\",[[]]]', 3],
    ['["never closed [[[', 1],
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

  it.each([
    ['[0.1234567890123456, 1234567890123456789]', [0.1234567890123456, '1234567890123456789']],
    ['[1234567890123456.5,-1.234567890123456e-5]', [1234567890123456.5, -1.234567890123456e-5]],
    ['[1234567890123456e2,1E+1234567890123456]', [1234567890123456e2, Infinity]],
    ['{"a" : -1234567890123456 , "b":123456789012345}', { a: '-1234567890123456', b: 123456789012345 }],
    ['1234567890123456', '1234567890123456'],
    ['["\\\\",1234567890123456,"\\"1234567890123456"]', ['\\', '1234567890123456', '"1234567890123456']],
  ])('reads %s exactly', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each([
    '{1234567890123456:1}',
    '[01234567890123456]',
    '[--1234567890123456]',
    '[1234567890123456x]',
    '"1234567890123456',
  ])('makes no JSON of %s', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('reads what JSON.parse reads, but for long integers', () => {
    const part = fc.constantFrom(
      ...'[]{},:"-.e+ \\0\n',
      '1234567890123456',
      '-1234567890123456789',
      '1.1234567890123456',
      '"a"',
    );
    const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((inner) => `[${inner}]`),
          text.map((inner) => `{"a":${inner}}`),
        ),
        (json) => {
          expect(outcome(() => rounded(parseJson(json)))).toEqual(outcome(() => rounded(JSON.parse(json) as Json)));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it.each(['1', ' ', '1 ', '"', '\\', '[', '1234567890123456 ', '1234567890123456,'])(
    'reads a lot of %j in no time',
    (part) => {
      for (const end of ['', '.5', ']', '"']) {
        const began = performance.now();
        survey(`[${part.repeat(2 ** 20 / part.length)}${end}`);
        expect(performance.now() - began).toBeLessThan(1000);
      }
    },
  );

  it('keeps __proto__ as data', () => {
    const value = parseJson('{"__proto__":{"admin":true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

function outcome(read: () => Json): Json | 'no JSON' {
  try {
    return read();
  } catch {
    return 'no JSON';
  }
}

/** As JSON.parse rounds long integers. */
function rounded(value: Json): Json {
  if (typeof value === 'string') return /^-?\d{16,}$/.test(value) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(rounded);
  return isObject(value) ? { ...value, a: rounded(value['a'] ?? null) } : value;
}

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
