import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
let fail: (() => Promise<never>) | undefined;
let statements = 0;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now }, settings: { statementTimeoutMs: 200 } });
  await new Rows(service.database).rooms({});
  const { queries } = service.database;
  const connect = queries.connect.bind(queries);
  const lend = async (): Promise<pg.PoolClient> => {
    statements++;
    await fail?.();
    return connect();
  };
  Object.assign(queries, { connect: (...done: []) => (done.length > 0 ? connect(...done) : lend()) });
});
beforeEach(() => {
  fail = undefined;
  statements = 0;
});
afterAll(() => service.stop());

async function post(
  body: string | undefined,
  headers: Record<string, string> = {},
): Promise<{ status: number; code: string; text: string }> {
  const authorization = `Bearer ${await service.token({ roomList: true })}`;
  const all = { authorization, 'content-type': 'application/json', ...headers };
  const response = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: all,
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const { errors } = JSON.parse(text) as { errors: { extensions: { code: string } }[] };
  return { status: response.status, code: errors[0]!.extensions.code, text };
}

describe('a request that is no query is refused with its code, before anything is read', () => {
  const query = (text: string, variables?: object): string => JSON.stringify({ query: text, variables });
  const cases: Record<string, [body: string | undefined, status: number, code: string]> = {
    'no body': [undefined, 400, 'BAD_REQUEST'],
    'no JSON': ['{', 400, 'BAD_REQUEST'],
    'JSON that is no object': ['7', 400, 'BAD_REQUEST'],
    'a list of queries': [`[${query('{ rooms { nodes { sid } } }')}]`, 400, 'BAD_REQUEST'],
    'no query': ['{}', 400, 'BAD_REQUEST'],
    'a query that is no text': ['{"query":{"kind":"Document"}}', 400, 'BAD_REQUEST'],
    'a polluting key': ['{"query":"{rooms{nodes{sid}}}","__proto__":{"x":1}}', 400, 'BAD_REQUEST'],
    'a body of 2 MiB': [query('x'.repeat(2 ** 21)), 413, 'BODY_TOO_LARGE'],
    'a syntax error': [query('{ rooms'), 400, 'GRAPHQL_PARSE_FAILED'],
    'a document as JSON': [query('{"kind":"Document","definitions":[]}'), 400, 'GRAPHQL_PARSE_FAILED'],
    'a query of too many tokens': [query(`{ rooms { ${'a{b}'.repeat(4_000)} } }`), 400, 'GRAPHQL_PARSE_FAILED'],
    'an unknown field': [query('{ rooms { nodes { secret } } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    'a mutation': [query('mutation { rooms { nodes { sid } } }'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    'an unknown operation': [
      JSON.stringify({ query: '{ rooms { nodes { sid } } }', operationName: 'B' }),
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    'a fragment that contains itself': [
      query('{ rooms { ...F } } fragment F on RoomConnection { ...F }'),
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    'a variable of a wrong type': [
      query('query ($n: Int) { rooms(first: $n) { nodes { sid } } }', { n: 'x' }),
      400,
      'BAD_USER_INPUT',
    ],
    'a variable that is missing': [query('query ($id: ID!) { room(sid: $id) { sid } }', {}), 400, 'BAD_USER_INPUT'],
    'a variable that is no time': [
      query('query ($t: DateTime) { rooms(filter: {activeAt: $t}) { nodes { sid } } }', { t: 'x' }),
      400,
      'BAD_USER_INPUT',
    ],
    'a query too deep': [
      query(`{ rooms { nodes ${'{ tracks(first: 0) { nodes { room '.repeat(6)} { sid } ${'} } }'.repeat(6)} } }`),
      400,
      'DEPTH_LIMIT',
    ],
    'a query too dear': [
      query(
        '{ rooms(first: 200) { nodes { participants(first: 200) { nodes { events(first: 200) { nodes { id } } } } } } }',
      ),
      400,
      'COST_LIMIT',
    ],
  };
  it.each(Object.entries(cases))('%s', async (_what, [body, status, code]) => {
    for (const _again of [1, 2, 3]) expect(await post(body)).toMatchObject({ status, code });
    expect(statements).toBe(0);
  });

  it('a content type that is not JSON', async () => {
    expect(await post('rooms', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      code: 'CONTENT_TYPE_UNSUPPORTED',
    });
  });
});

describe('a GET', () => {
  const get = async (parameters: Record<string, string>): Promise<[number, unknown]> => {
    const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
    const response = await fetch(`${service.url}/graphql?${new URLSearchParams(parameters)}`, { headers });
    return [response.status, await response.json()];
  };
  const refusal = (code: string): unknown => [
    400,
    { data: null, errors: [expect.objectContaining({ extensions: { code } })] },
  ];

  it('answers like a POST', async () => {
    const query = 'query A { room(sid: "RM_1") { sid } } query B { __typename }';
    for (const _again of [1, 2, 3]) {
      expect(await get({ query, operationName: 'A' })).toEqual([200, { data: { room: { sid: 'RM_1' } } }]);
      expect(await get({ query, operationName: 'C' })).toEqual(refusal('GRAPHQL_VALIDATION_FAILED'));
      expect(await get({ query })).toEqual(refusal('GRAPHQL_VALIDATION_FAILED'));
    }
  });

  it('is refused whenever its variables ask for too much, whatever they asked before', async () => {
    const query = `query($n: Int = 1, $of: Int = 200) { rooms(first: $of) { nodes { participants(first: $n) { nodes {
      events(first: $n) { nodes { id } } } } } } }`;
    for (const variables of ['{}', '{"n":1}', '{"n\\",200],[\\"x":1}', '{"n":2}']) {
      expect(await get({ query, variables })).toEqual([200, { data: { rooms: expect.anything() } }]);
      expect(await get({ query, variables: '{"n":200}' })).toEqual(refusal('COST_LIMIT'));
    }
  });

  it('is refused like a POST', async () => {
    expect(await get({ query: '{' })).toEqual(refusal('GRAPHQL_PARSE_FAILED'));
    expect(await get({ query: '{"kind":"Document"}' })).toEqual(refusal('GRAPHQL_PARSE_FAILED'));
    expect(await get({ query: '{ rooms { nodes { sid } } }', variables: '{' })).toEqual(refusal('BAD_REQUEST'));
    expect(await get({})).toEqual(refusal('BAD_REQUEST'));
    expect(statements).toBe(0);
  });
});

describe('an answer', () => {
  it('is that of the operation that is named, the first time and later', async () => {
    const query = 'query A { rooms { nodes { sid } } } query B { rooms { nodes { name } } }';
    const headers = {
      authorization: `Bearer ${await service.token({ roomList: true })}`,
      'content-type': 'application/json',
    };
    for (const operationName of ['A', 'B', 'A', 'B', 'B', 'A']) {
      const response = await fetch(`${service.url}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query, operationName }),
      });
      const node = operationName === 'A' ? { sid: 'RM_1' } : { name: 'daily' };
      expect(await response.json()).toEqual({ data: { rooms: { nodes: [node] } } });
    }
  });

  it('names the place of an error, with 200 and what could be answered', async () => {
    const { data, errors, status } = await service.query(
      '{ room(sid: "RM_1") { sid } node(id: "RM_1") { ... on Room { tracks(first: 201) { nodes { sid } } } } }',
    );
    expect({ data, status }).toEqual({ data: { room: { sid: 'RM_1' }, node: null }, status: 200 });
    expect(errors).toMatchObject([{ path: ['node', 'tracks'], extensions: { code: 'BAD_USER_INPUT' } }]);
    const list = await service.query('{ rooms { nodes { tracks(first: 201) { nodes { sid } } } } }');
    expect(list.errors?.[0]?.path).toEqual(['rooms', 'nodes', 0, 'tracks']);
  });
});

describe('a failure of the database', () => {
  const ask = async (): Promise<[number, unknown, unknown]> => {
    const { status, data, errors } = await service.query('{ rooms { nodes { sid } } }');
    return [status, data, errors?.map(({ message, extensions }) => ({ message, ...extensions }))];
  };

  it('is TIMEOUT when a statement takes too long', async () => {
    const { queries } = service.database;
    fail = async () => {
      fail = undefined;
      return (await queries.query('select pg_sleep(5)')) as never;
    };
    expect(await ask()).toEqual([200, null, [{ code: 'TIMEOUT', message: expect.stringContaining('longer') }]]);
  });

  it('is UNAVAILABLE when it cannot be reached', async () => {
    for (const error of [
      { code: 'ECONNREFUSED' },
      { code: '57P01' },
      new Error('Connection terminated unexpectedly'),
      new Error('timeout exceeded when trying to connect'),
    ]) {
      fail = () =>
        Promise.reject(
          Object.assign(
            new Error('connect 10.0.0.7:5432'),
            error,
            error instanceof Error && { message: error.message },
          ),
        );
      expect((await ask())[2]).toEqual([{ code: 'UNAVAILABLE', message: 'The database cannot be reached.' }]);
    }
  });

  it('is INTERNAL otherwise, and tells nothing of the statement', async () => {
    fail = () => Promise.reject(Object.assign(new Error('column "secret" of relation "room"'), { code: '42703' }));
    expect(await ask()).toEqual([
      200,
      null,
      [{ code: 'INTERNAL', message: 'Something went wrong inside this service.' }],
    ]);
  });
});

describe('errors of an answer', () => {
  it('are the same, in the order of the query, each time', async () => {
    const wrong = (name: string): string => `${name}(first: 201) { nodes { id } }`;
    const query = `{
      a: node(id: "RM_1") { ... on Room { ${wrong('tracks')} ${wrong('participants')} } }
      b: room(sid: "RM_1") { name tracks { nodes { id } } ${wrong('participants')} ${wrong('events')} }
      rooms { totalCount { value } }
      c: node(id: "RM_1") { ... on Room { tracks(after: "x") { nodes { id } } ${wrong('events')} } }
    }`;
    for (let again = 0; again < 3; again++) {
      const { data, errors } = await service.query(query);
      expect(data).toEqual({ a: null, b: null, rooms: { totalCount: { value: 1 } }, c: null });
      expect(errors?.map(({ path }) => path)).toEqual([
        ['a', 'tracks'],
        ['b', 'participants'],
        ['c', 'tracks'],
      ]);
    }
  });
});
