import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Documents } from './documents.js';

const schema = buildSchema('scalar JSON type Query { a(n: Int): Int o: Query }');
const documents = (): Documents => new Documents(schema, true);

/** A valid document of about this many bytes. */
const long = (bytes: number, name = 'a'): string => `{ ${name}: a } # ${'x'.repeat(bytes)}`;

describe('a document', () => {
  it('is kept until others of half a megabyte have been used', () => {
    const kept = documents();
    const [first, second] = [kept.of('{ a }'), kept.of('{ b: a }')];
    for (let n = 0; n < 16; n++) kept.of(long(30_000, `a${n}`));
    expect(kept.of('{ a }')).toBe(first);
    kept.of(long(30_000, 'last'));
    kept.of(long(30_000, 'more'));
    expect(kept.of('{ a }')).toBe(first);
    expect(kept.of('{ b: a }')).not.toBe(second);
  });

  it('weighs more once it is compiled', () => {
    const kept = documents();
    const first = kept.of('{ a }');
    for (let n = 0; n < 5; n++) {
      const document = kept.of(long(30_000, `a${n}`));
      kept.runOf(document);
      expect(kept.runOf(document)).toBeInstanceOf(Function);
    }
    expect(kept.of('{ a }')).not.toBe(first);
  });

  it('is compiled on its second use, and as it is then kept', () => {
    const kept = documents();
    expect(kept.runOf(kept.of('{ a }'))).toBeNull();
    const run = kept.runOf(kept.of('{ a }'));
    expect(run).toBeInstanceOf(Function);
    expect(kept.runOf(kept.of('{ a }'))).toBe(run);
  });

  it.each([
    ['query A { a } query B { a }'],
    ['query constructor { a }'],
    ['{ __proto__: a }'],
    ['query ($toString: Int) { a(n: $toString) }'],
    ['{ ...valueOf } fragment valueOf on Query { a }'],
    ['query ($is: Boolean!) { a @include(if: $is) }'],
    [`{ ${Array.from({ length: 301 }, (_, n) => `a${n}: a`).join(' ')} }`],
  ])('is never compiled where graphql-jit may answer otherwise, or takes long: %s', (text) => {
    const kept = documents();
    for (let use = 0; use < 3; use++) expect(kept.runOf(kept.of(text))).toBeNull();
  });
});

describe('fragments', () => {
  const chain = (levels: number, spread: (next: string) => string): string =>
    Array.from({ length: levels }, (_, n) => `fragment F${n} on Query { ${spread(`...F${n + 1}`)} }`).join(' ');

  it('are measured once each, however often they are spread', () => {
    const query = `{ ...F0 } ${chain(500, (next) => `${next} ${next}`)} fragment F500 on Query { a }`;
    expect(() => documents().of(query)).toThrow(expect.objectContaining({ code: 'DEPTH_LIMIT' }));
    const shorter = `{ ...F0 } ${chain(60, (next) => `${next} ${next}`)} fragment F60 on Query { a }`;
    expect(() => documents().of(shorter)).toThrow(expect.objectContaining({ code: 'COST_LIMIT' }));
  });

  it('that spread themselves are refused as such', () => {
    const query = '{ ...F } fragment F on Query { o { ...G } } fragment G on Query { a ...F }';
    expect(() => documents().of(query)).toThrow('Cannot spread fragment "F" within itself via "G".');
  });
});
