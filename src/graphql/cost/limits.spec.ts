import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkLimits } from './limits.js';
import { sdl } from '../sdl.js';

const schema = buildSchema(sdl);

function check(
  query: string,
  limits: { depth?: number; cost?: number } = {},
  variables: Record<string, unknown> = {},
): void {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  checkLimits(schema, document, { limits: { depth: 12, cost: 50_000, ...limits }, variables });
}

/** The least limit under which the query passes. */
function costOf(query: string, variables: Record<string, unknown> = {}): number {
  let [low, high] = [-1, 2 ** 40];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    try {
      check(query, { cost: middle }, variables);
      high = middle;
    } catch {
      low = middle;
    }
  }
  return high;
}

describe('the cost of a query', () => {
  it.each([
    ['{ __typename }', 0],
    ['{ rooms { totalCount { value } pageInfo { hasNextPage } } }', 0],
    ['{ room(sid: "x") { sid } }', 1],
    ['{ nodes(ids: ["x", "y", "z"]) { id } }', 3],
    ['{ nodes(ids: "x") { id } }', 1],
    ['{ rooms { nodes { sid name metadataJson } } }', 50],
    ['{ rooms(first: 7) { nodes { sid } } }', 7],
    ['{ rooms(last: 7) { edges { cursor node { sid } } } }', 7],
    ['{ rooms(first: 7) { nodes { sid } edges { node { sid } } } }', 14],
    ['{ rooms(first: 0) { nodes { participants { nodes { sid } } } } }', 0],
    ['{ a: rooms(first: 7) { nodes { sid } } b: rooms(first: 8) { nodes { sid } } }', 15],
    ['{ rooms(first: 7) { a: nodes { sid } b: nodes { sid } } }', 14],
    ['{ rooms(first: 7) { nodes { sid } ...F } } fragment F on RoomConnection { nodes { name } }', 7],
    [
      '{ rooms(first: 7) { nodes { ... on Room { participants(first: 3) { nodes { sid room { sid } } } } } } }',
      7 + 21 + 21,
    ],
    ['{ tracks(first: 7) { nodes { room { sid } participant { sid } } } }', 21],
    [
      '{ node(id: "x") { ... on Room { tracks(first: 2) { nodes { sid } } } ... on Participant { tracks(first: 9) { nodes { sid } } } } }',
      12,
    ],
    ['{ usage(meter: ROOM, from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z") { seconds } }', 0],
    [
      '{ usage(meter: ROOM, from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z") { breakdown(first: 7) { nodes { id } edges { seconds node { id } } } } }',
      14,
    ],
    ['{ egresses(first: 2) { nodes { outputs { kind } } } }', 2],
    [
      '{ rooms(first: 200) { nodes { participants(first: 20) { nodes { tracks(first: 5) { nodes { sid } } } } } } }',
      24_200,
    ],
  ])('%s is %i', (query, cost) => {
    expect(costOf(query)).toBe(cost);
  });

  it('follows variables, their defaults, and null', () => {
    const query = 'query ($n: Int = 9, $ids: [ID!]!) { rooms(first: $n) { nodes { sid } } nodes(ids: $ids) { id } }';
    expect(costOf(query, { ids: ['x', 'y'] })).toBe(11);
    expect(costOf(query, { n: 4, ids: 'x' })).toBe(5);
    expect(costOf(query, { n: null, ids: [] })).toBe(50);
  });

  it('takes no page for longer than a page may be', () => {
    expect(costOf('{ rooms(first: 1000000) { nodes { sid } } }')).toBe(200);
    expect(costOf('{ rooms(first: -5) { nodes { sid } } }')).toBe(0);
  });

  it('is that of the dearest operation', () => {
    expect(() =>
      check('query A { rooms { nodes { sid } } } query B { rooms(first: 1) { nodes { sid } } }', { cost: 49 }),
    ).toThrow('more than 49 nodes');
  });
});

describe('the depth of a query', () => {
  const deep = '{ rooms { edges { node { participants { edges { node { tracks { edges { node { sid } } } } } } } } } }';
  it('counts its fields, those of fragments too', () => {
    expect(() => check(deep, { depth: 10, cost: 1e9 })).not.toThrow();
    expect(() => check(deep, { depth: 9, cost: 1e9 })).toThrow(expect.objectContaining({ code: 'DEPTH_LIMIT' }));
    const spread = '{ rooms { ...F } } fragment F on RoomConnection { nodes { ... { sid } } }';
    expect(() => check(spread, { depth: 3 })).not.toThrow();
    expect(() => check(spread, { depth: 2 })).toThrow(expect.objectContaining({ code: 'DEPTH_LIMIT' }));
  });

  it('leaves introspection to its own limit', () => {
    expect(() => check(getIntrospectionQuery(), { depth: 3 })).not.toThrow();
  });
});

describe('the size of a query', () => {
  const doubled = (levels: number, field: (n: number) => string): string =>
    Array.from({ length: levels }, (_, n) => `fragment F${n} on ${field(n)}`).join(' ');

  it('is that of its fragments spread', () => {
    const fragments = doubled(
      20,
      (n) =>
        `Track { a${n}: room { sid } b: participant { tracks(first: 0) { nodes { ...F${n + 1} } } } c: participant { tracks(first: 0) { nodes { ...F${n + 1} } } } }`,
    );
    const query = `{ tracks(first: 0) { nodes { ...F0 } } } ${fragments} fragment F20 on Track { sid }`;
    expect(() => check(query, { depth: 100 })).toThrow(expect.objectContaining({ code: 'COST_LIMIT' }));
  });

  it('counts introspection too', () => {
    const fragments = doubled(20, (n) => `__Type { a: ofType { ...F${n + 1} } b: ofType { ...F${n + 1} } }`);
    const query = `{ __type(name: "Room") { ...F0 } } ${fragments} fragment F20 on __Type { name }`;
    expect(() => check(query)).toThrow('more than 2000 fields');
  });

  it('is at most 200 lists and look-ups', () => {
    const aliases = (count: number): string =>
      `{ ${Array.from({ length: count }, (_, n) => `r${n}: rooms(first: 0) { nodes { sid } }`).join(' ')} }`;
    expect(() => check(aliases(200))).not.toThrow();
    expect(() => check(aliases(201))).toThrow('more than 200 lists and look-ups');
  });
});
