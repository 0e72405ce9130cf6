import {
  buildSchema,
  getIntrospectionQuery,
  getNamedType,
  getVariableValues,
  type GraphQLObjectType,
  isLeafType,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Limits } from './cost-walk.js';
import { checkLimits } from './limits.js';
import { sdl } from '../sdl.js';

const schema = buildSchema(sdl);

function check(query: string, limits: Partial<Limits> = {}, given: Record<string, unknown> = {}): void {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find((one) => one.kind === 'OperationDefinition')!;
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], given).coerced!;
  const all = { depth: 12, cost: 50_000, values: 1_000_000, ...limits };
  checkLimits({ schema, document, operation }, { limits: all, variables });
}

/** The least limit under which the query passes. */
function leastOf(limit: 'cost' | 'values', query: string, variables: Record<string, unknown> = {}): number {
  let [low, high] = [-1, 2 ** 40];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    try {
      check(query, { [limit]: middle }, variables);
      high = middle;
    } catch {
      low = middle;
    }
  }
  return high;
}

const costOf = (query: string, variables: Record<string, unknown> = {}): number => leastOf('cost', query, variables);

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

describe('the values of a query', () => {
  it.each([
    ['{ __typename }', 1],
    ['{ rooms(first: 7) { nodes { sid name } } }', 2 + 14],
    ['{ rooms(first: 7) { nodes { ...F } nodes { sid __typename } } } fragment F on Room { sid }', 2 + 14],
    ['{ rooms(first: 7) { edges { cursor node { sid } } pageInfo { endCursor } } }', 4 + 21],
    ['{ rooms(first: 7) { nodes { tracks(first: 3) { totalCount { value } nodes { sid } } } } }', 2 + 28 + 21],
    ['{ egresses(first: 2) { nodes { outputs { kind } } } }', 2 + 2 + 10],
    [`{ rooms(first: 7) { nodes { ${'n'.repeat(65)}: sid } } }`, 2 + 21],
  ])('of %s are %i', (query, values) => {
    expect(leastOf('values', query)).toBe(values);
  });

  it('leave room for the largest pages that are promised, with all their fields', () => {
    const fieldsOf = (type: string): string =>
      Object.values((schema.getType(type) as GraphQLObjectType).getFields())
        .filter((field) => isLeafType(getNamedType(field.type)))
        .map(({ name }) => name)
        .join(' ');
    const tracks = `tracks(first: 5) { nodes { ${fieldsOf('Track')} } }`;
    const participants = `participants(first: 20) { nodes { ${fieldsOf('Participant')} ${tracks} } }`;
    const query = `{ rooms(first: 200) { nodes { ${fieldsOf('Room')} ${participants} } } }`;
    expect(leastOf('values', query)).toBeLessThan(1_000_000);
  });

  it('count the lists of introspection by their length', () => {
    const once = leastOf('values', getIntrospectionQuery());
    expect(once).toBeGreaterThan(100_000);
    expect(once).toBeLessThan(500_000);
    const types = Object.keys(schema.getTypeMap()).length;
    expect(leastOf('values', '{ __schema { types { name } } }')).toBe(1 + 10 + 10 * types);
  });
});

describe('the reads of a query', () => {
  it('are at most 200, each place once', () => {
    const aliases = (count: number): string =>
      `{ ${Array.from({ length: count }, (_, n) => `r${n}: rooms(first: 0) { nodes { sid } }`).join(' ')} }`;
    expect(() => check(aliases(200))).not.toThrow();
    expect(() => check(aliases(201))).toThrow('more than 200 lists, counts and look-ups');
    const counts = (count: number): string =>
      `{ rooms { ${Array.from({ length: count }, (_, n) => `c${n}: totalCount { value }`).join(' ')} } }`;
    expect(() => check(counts(199))).not.toThrow();
    expect(() => check(counts(200))).toThrow('more than 200 lists, counts and look-ups');
  });

  it('have counts whose limit is checked wherever they are', () => {
    const query = 'query ($n: Int) { rooms { nodes { tracks { totalCount(limit: $n) { value } } } } }';
    expect(() => check(query, {}, { n: 100_000 })).not.toThrow();
    for (const n of [-1, 100_001])
      expect(() => check(query, {}, { n })).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
