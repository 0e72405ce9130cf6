import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
let statements = 0;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now }, settings: { introspection: true } });
  await new Rows(service.database).rooms({});
  const { queries } = service.database;
  const query = queries.query.bind(queries) as (...asked: unknown[]) => unknown;
  Object.assign(queries, { query: (...asked: unknown[]) => (statements++, query(...asked)) });
});
afterAll(() => service.stop());

const times = (count: number, part: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ');
const doubled = (levels: number, spread: (next: string) => string): string =>
  `${times(levels, (n) => `fragment F${n} on Room { ${spread(`...F${n + 1}`)} }`)} fragment F${levels} on Room { sid }`;
const nested = (levels: number, open: string, close: string): string => open.repeat(levels) + close.repeat(levels);

interface Refused {
  readonly query: string;
  readonly variables?: object;
  readonly status?: number;
  readonly code: string;
}

const refused: Readonly<Record<string, Refused>> = {
  'of a long text, though it has few tokens': {
    query: `{ __typename } # ${'x'.repeat(33_000)}`,
    status: 413,
    code: 'QUERY_TOO_LARGE',
  },
  'of 33 kB in few characters': {
    query: `{ __typename } # ${'€'.repeat(11_000)}`,
    status: 413,
    code: 'QUERY_TOO_LARGE',
  },
  'whose fragments spread the next twice': {
    query: `{ rooms { nodes { ...F0 } } } ${doubled(20, (next) => `${next} ... on Room { ${next} }`)}`,
    code: 'COST_LIMIT',
  },
  'whose fragments spread the next twice below a list': {
    query: `{ rooms { nodes { ...F0 } } } ${doubled(20, (next) => `a: tracks { nodes { room { ${next} } } } b: tracks { nodes { room { ${next} } } }`)}`,
    code: 'COST_LIMIT',
  },
  'whose fragments nest too deep': {
    query: `{ rooms { nodes { ...F0 } } } ${doubled(300, (next) => next)}`,
    code: 'DEPTH_LIMIT',
  },
  'of many fields in many rows': {
    query: `{ rooms(first: 200) { nodes { events(first: 200) { nodes { ${times(1_900, (n) => `a${n}: id`)} } } } } }`,
    code: 'COST_LIMIT',
  },
  'of a long name in many rows': {
    query: `{ rooms(first: 200) { nodes { events(first: 200) { nodes { ${'a'.repeat(30_000)}: id } } } } }`,
    code: 'COST_LIMIT',
  },
  'of many counts': {
    query: `{ rooms(first: 200) { nodes { tracks { ${times(200, (n) => `a${n}: totalCount { value }`)} } } } }`,
    code: 'COST_LIMIT',
  },
  'of a count without a limit': {
    query: '{ rooms(first: 200) { nodes { tracks { totalCount(limit: -1) { value } } } } }',
    code: 'BAD_USER_INPUT',
  },
  'of much introspection': {
    query: `{ ${times(480, (n) => `a${n}: __schema { types { fields { name } } }`)} }`,
    code: 'COST_LIMIT',
  },
  'of one field very often': { query: `{ ${'__typename '.repeat(2_400)} }`, code: 'COST_LIMIT' },
  'whose fields take long to compare': { query: `{ ${'__typename '.repeat(1_000)} }`, code: 'COST_LIMIT' },
  'of nested lists': { query: `{ nodes(ids: ${nested(4_900, '[', ']')}) { id } }`, code: 'DEPTH_LIMIT' },
  'of nested selections': { query: nested(4_990, '{ a', '}'), code: 'DEPTH_LIMIT' },
  'of a nested filter': {
    query: `{ rooms(filter: ${nested(3_200, '{a:', '}')}) { nodes { id } } }`,
    code: 'DEPTH_LIMIT',
  },
  'of a nested type': { query: `query ($v: ${nested(3_200, '[', ']')}) { __typename }`, code: 'DEPTH_LIMIT' },
  'of a nested variable': {
    query: 'query ($v: RoomFilter) { rooms(filter: $v) { nodes { id } } }',
    variables: { v: JSON.parse(`${'{"project":'.repeat(3_200)}1${'}'.repeat(3_200)}`) as object },
    code: 'BAD_USER_INPUT',
  },
  'of a variable that is a list': {
    query: 'query ($v: RoomFilter) { rooms(filter: $v) { nodes { id } } }',
    variables: { v: [] },
    code: 'BAD_USER_INPUT',
  },
  'of a variable with two of @oneOf': {
    query: `query ($v: UsageDimension!) { usage(meter: ROOM, from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z",
      groupBy: [$v]) { seconds } }`,
    variables: { v: { field: 'ROOM_NAME', roomNamePrefix: '_' } },
    code: 'BAD_USER_INPUT',
  },
};

describe('a query is refused before anything is read, the same each time:', () => {
  it.each(Object.entries(refused))('%s', async (_what, { query, variables, status = 400, code }) => {
    const before = statements;
    const first = await service.query(query, variables);
    expect({ status: first.status, code: first.errors?.[0]?.extensions.code }).toEqual({ status, code });
    for (let again = 0; again < 3; again++) expect(await service.query(query, variables)).toEqual(first);
    expect(statements).toBe(before);
  });
});

describe('errors', () => {
  it('of variables are at most ten, and short', async () => {
    const query = 'query ($v: [EgressStatus!]) { egresses(filter: { status: $v }) { nodes { id } } }';
    const { errors } = await service.query(query, { v: Array<string>(500).fill('x'.repeat(2_000)) });
    expect(errors).toHaveLength(11);
    for (const { message } of errors!) expect(message.length).toBeLessThanOrEqual(1_001);
  });

  it('of a value name its argument, line and path', async () => {
    const query = `{\n  all: rooms(filter: { startedAt: { gte: "yesterday" } }) { nodes { id } }\n}`;
    expect(await service.query(query)).toMatchObject({
      status: 400,
      errors: [
        {
          message: expect.stringMatching(
            /^The argument filter\.startedAt\.gte is wrong: A DateTime is an RFC 3339 time/,
          ),
          locations: [{ line: 2, column: 42 }],
          path: ['all'],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
    const fallback = await service.query('query ($n: Int = "x") { rooms(first: $n) { nodes { id } } }');
    expect(fallback.errors?.[0]?.message).toMatch(/^The argument \$n is wrong: Int/);
  });

  it('tell nothing of the schema where introspection is off', async () => {
    const closed = await startService({ settings: { introspection: false } });
    const answers = [
      await closed.query('{ rooms { nodes { sidd } } }'),
      await closed.query('query ($v: RoomFilter) { rooms(filter: $v) { nodes { id } } }', { v: { projec: 'x' } }),
      await closed.query('{ egresses(filter: { status: [ACTIV] }) { nodes { id } } }'),
    ];
    for (const { status, errors } of answers) {
      expect(status).toBe(400);
      expect(JSON.stringify(errors)).not.toContain('Did you mean');
    }
    await closed.stop();
  });
});

it('counts the fields of usage rows once their number is known', async () => {
  const small = await startService({ clock: { now: () => now }, settings: { queryMaxValues: 50 } });
  await new Rows(small.database).rooms({ startedAt: '2026-11-24T00:00:00Z', endedAt: '2026-11-25T00:00:00Z' });
  const ask = (fields: string): ReturnType<Service['query']> =>
    small.query(`{ usage(meter: ROOM, from: "2026-11-24T00:00:00Z", to: "2026-11-25T00:00:00Z", interval: HOUR) {
      ${fields} } }`);
  expect((await ask('from seconds sessions final')).errors).toBeUndefined();
  expect(await ask('from seconds sessions final openSessions')).toMatchObject({
    status: 200,
    errors: [{ path: ['usage'], extensions: { code: 'COST_LIMIT' } }],
  });
  await small.stop();
});
