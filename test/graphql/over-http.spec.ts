import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  await new Rows(service.database).rooms({});
});
afterAll(() => service.stop());

interface Sent {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function post(body: object, { path = '/graphql', headers = {} }: Sent = {}): Promise<[number, string, unknown]> {
  const authorization = `Bearer ${await service.token({ roomList: true })}`;
  const response = await fetch(service.url + path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return [response.status, response.headers.get('content-type')!, await response.json()];
}

const json = 'application/json; charset=utf-8';
const graphql = 'application/graphql-response+json; charset=utf-8';
const room = { data: { room: { sid: 'RM_1' } } };
const query = '{ room(sid: "RM_1") { sid } }';

describe('the answer', () => {
  it.each([
    [undefined, json],
    ['*/*', json],
    ['application/json', json],
    ['application/graphql-response+json', graphql],
    ['application/graphql-response+json,application/json;q=0.9', graphql],
    ['application/json;q=0.9, Application/GraphQL-Response+JSON; charset=utf-8', graphql],
    ['application/graphql-response+json;q=0.5,application/json', json],
    ['application/graphql-response+json;q=0', json],
  ])('to Accept %s is %s', async (accept, type) => {
    expect(await post({ query }, { headers: accept === undefined ? {} : { accept } })).toEqual([200, type, room]);
  });

  it('of the newer type has no data where nothing was executed', async () => {
    const headers = { accept: 'application/graphql-response+json' };
    const errors = [expect.objectContaining({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })];
    expect(await post({ query: '{ nothing }' }, { headers })).toEqual([400, graphql, { errors }]);
    expect(await post({ query: '{ nothing }' })).toEqual([400, json, { data: null, errors }]);
    const unknown = await post({ query }, { headers: { ...headers, authorization: '' } });
    expect(unknown).toEqual([
      401,
      graphql,
      { errors: [expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } })] },
    ]);
  });
});

describe('a request', () => {
  it('may end its path with a slash', async () => {
    expect(await post({ query }, { path: '/graphql/' })).toEqual([200, json, room]);
    const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
    const got = await fetch(`${service.url}/graphql/?${new URLSearchParams({ query })}`, { headers });
    expect(await got.json()).toEqual(room);
  });

  it('may leave things out as null or as empty text', async () => {
    const nothing = { operationName: null, variables: null, extensions: null };
    expect(await post({ query, ...nothing })).toEqual([200, json, room]);
    expect(await post({ query, operationName: '', variables: {}, extensions: {} })).toEqual([200, json, room]);
  });

  it.each([
    [{ query, operationName: 7 }, 'operationName is not text.'],
    [{ query, variables: [] }, 'variables is not an object.'],
    [{ query, variables: '{}' }, 'variables is not an object.'],
    [{ query, extensions: 7 }, 'extensions is not an object.'],
    [{ query: '' }, 'The request has no query, as text.'],
    [{ query: 7 }, 'The request has no query, as text.'],
  ])('%j is refused', async (body, message) => {
    const refusal = { data: null, errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] };
    expect(await post(body)).toEqual([400, json, refusal]);
  });

  it("by hash alone gets what makes Apollo's link send the text", async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
    const code = { code: 'PERSISTED_QUERY_NOT_SUPPORTED' };
    const refusal = { data: null, errors: [{ message: 'PersistedQueryNotSupported', extensions: code }] };
    expect(await post({ extensions, variables: {} })).toEqual([400, json, refusal]);
    expect(await post({ extensions, query })).toEqual([200, json, room]);
  });

  it('by GET that is no query is refused as by POST', async () => {
    const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
    const mutation = 'mutation { x }';
    const got = await fetch(`${service.url}/graphql?${new URLSearchParams({ query: mutation })}`, { headers });
    const [status, , answer] = await post({ query: mutation });
    expect([got.status, await got.json()]).toEqual([status, answer]);
    expect([status, answer]).toMatchObject([400, { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }]);
  });
});
