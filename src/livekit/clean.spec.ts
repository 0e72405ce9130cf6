import { describe, expect, it } from 'vitest';
import { clean, needsCleaning } from './clean.js';

describe('clean', () => {
  it('replaces U+0000 and lone surrogates in strings and keys, at any depth', () => {
    expect(clean({ 'k\u0000': ['a\u0000b', { deep: '\ud800x' }], fine: '😀', n: 1, none: null })).toEqual({
      'k\uFFFD': ['a\uFFFDb', { deep: '\uFFFDx' }],
      fine: '😀',
      n: 1,
      none: null,
    });
  });

  it('keeps __proto__ an ordinary key', () => {
    const cleaned = clean(JSON.parse('{"__proto__":"a\\u0000"}') as never) as object;
    expect(JSON.stringify(cleaned)).toBe('{"__proto__":"a\uFFFD"}');
  });
});

describe('needsCleaning', () => {
  it.each([
    ['{"a":"\\u0000"}', true],
    ['{"a":"\\uD83D\\uDE00"}', true],
    ['{"a":"\\uDC00"}', true],
    ['{"a":"\\u0041 plain \\u"}', false],
    ['{"a":"\\u0041\\u00"}', false],
    ['{"a":"u0000"}', false],
  ])('of %s is %j', (text, needed) => {
    expect(needsCleaning(text)).toBe(needed);
  });
});
