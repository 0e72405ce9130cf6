import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { forge, unsigned } from '../support/sign.js';

const seconds = Math.floor(Date.parse('2026-11-24T12:00:00.000Z') / 1000);
const grants = { video: { roomList: true } };
const good = { iss: 'devkey', exp: seconds + 60, ...grants };

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => seconds * 1000 } });
  const rows = new Rows(service.database);
  await rows.rooms(
    { sid: 'RM_1', roomName: 'daily' },
    { sid: 'RM_2', roomName: 'weekly' },
    { sid: 'RM_3', project: 'acme' },
  );
});
afterAll(() => service.stop());

interface Reply {
  readonly status: number;
  readonly body: {
    data?: { rooms: { nodes: { sid: string }[] } };
    errors?: { message: string; extensions: { code: string } }[];
  };
  readonly challenge: string | null;
}

async function ask(authorization: string | undefined, request: RequestInit = {}, path = '/graphql'): Promise<Reply> {
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  const body = request.method === 'GET' ? undefined : JSON.stringify({ query: '{ rooms { nodes { sid } } }' });
  const response = await fetch(service.url + path, { method: 'POST', headers, ...(body && { body }), ...request });
  return {
    status: response.status,
    body: (await response.json()) as Reply['body'],
    challenge: response.headers.get('www-authenticate'),
  };
}

describe('a query is unauthenticated', () => {
  const signed = (claims: object, more: object = {}): string =>
    `Bearer ${forge({ claims, secret: 'secret', ...more })}`;
  const tokens: Record<string, [authorization: string | undefined, message: RegExp]> = {
    'without a token': [undefined, /no Authorization header/],
    'with an empty header': ['', /no Authorization header/],
    'with a token that is no bearer token': [signed(good).replace('Bearer ', ''), /no Authorization header/],
    'with basic authorization': ['Basic ZGV2a2V5OnNlY3JldA==', /no Authorization header/],
    'with the bare secret': ['Bearer secret', /not a JWT/],
    'with a wrong secret': [signed(good, { secret: 'wrong' }), /not signed with the secret/],
    'with a key that is not configured': [signed({ ...good, iss: 'nokey' }), /not configured/],
    'with no algorithm': [`Bearer ${unsigned(good)}`, /HS256/],
    'with another algorithm': [signed(good, { header: { alg: 'HS512' }, hash: 'sha512' }), /HS256/],
    'without an expiry': [signed({ ...good, exp: undefined }), /no expiry/],
    'after its expiry': [signed({ ...good, exp: seconds - 60 }), /expired/],
    'before its time': [signed({ ...good, nbf: seconds + 61 }), /begins in/],
  };
  it.each(Object.entries(tokens))('%s', async (_what, [authorization, message]) => {
    const { status, body, challenge } = await ask(authorization);
    expect(status).toBe(401);
    expect(challenge).toBe('Bearer');
    expect(body).toEqual({
      errors: [{ message: expect.stringMatching(message), extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it('before anything of it is read', async () => {
    const hostile = ['not json', '{"query":"{__schema{types{name}}}"}', '', `{"query":"${'x'.repeat(3_000_000)}"}`];
    for (const body of hostile) expect((await ask('Bearer x', { body })).status).toBe(401);
    expect((await ask('Bearer x', { method: 'GET' }, '/graphql?query={rooms{nodes{sid}}}')).status).toBe(401);
  });

  it('whatever its secret was, which is not repeated', async () => {
    const reply = await ask(`Bearer ${forge({ claims: { ...good, iss: 'very-secret-secret' }, secret: 'x' })}`);
    expect(JSON.stringify(reply)).not.toContain('very-secret-secret');
  });
});

describe('a query is forbidden', () => {
  const grantless = [
    {},
    { video: {} },
    { video: { roomJoin: true, room: 'daily' } },
    { video: { roomAdmin: true } },
    { video: { roomCreate: true } },
  ];
  it.each(grantless)('to a token with %j', async (claims) => {
    const { status, body } = await ask(`Bearer ${service.sign(claims)}`);
    expect(status).toBe(403);
    expect(body).toEqual({
      errors: [{ message: expect.stringContaining('roomList'), extensions: { code: 'FORBIDDEN' } }],
    });
  });
});

describe('a query reads', () => {
  const reads = async (video: object, key = 'devkey'): Promise<string[]> => {
    const { status, body } = await ask(`Bearer ${await service.token(video, { key })}`);
    expect(status).toBe(200);
    return body.data!.rooms.nodes.map(({ sid }) => sid).sort();
  };

  it('the whole project of its key with roomList', async () => {
    expect(await reads({ roomList: true })).toEqual(['RM_1', 'RM_2']);
    expect(await reads({ roomList: true }, 'rotated')).toEqual(['RM_1', 'RM_2']);
    expect(await reads({ roomList: true }, 'acmekey')).toEqual(['RM_3']);
  });

  it('one room with roomAdmin, and the project with both', async () => {
    expect(await reads({ roomAdmin: true, room: 'weekly' })).toEqual(['RM_2']);
    expect(await reads({ roomAdmin: true, room: 'Weekly' })).toEqual([]);
    expect(await reads({ roomAdmin: true, room: 'weekly', roomList: true })).toEqual(['RM_1', 'RM_2']);
    expect(await reads({ roomAdmin: true, room: 'nul\u0000' })).toEqual([]);
  });

  it('as much with a read token', async () => {
    const readsWith = async (claims: object, key = 'devkey'): Promise<string[]> => {
      const { body } = await ask(`Bearer ${service.sign({ roomledger: claims }, { key })}`);
      return body.data!.rooms.nodes.map(({ sid }) => sid).sort();
    };
    expect(await readsWith({ read: true })).toEqual(['RM_1', 'RM_2']);
    expect(await readsWith({ read: true }, 'acmekey')).toEqual(['RM_3']);
    expect(await readsWith({ read: true, room: 'weekly' })).toEqual(['RM_2']);
    expect(await readsWith({ read: true, room: 'other' })).toEqual([]);
  });

  it('over GET too', async () => {
    const query = new URLSearchParams({
      query: 'query ($sid: ID!) { room(sid: $sid) { name } }',
      variables: '{"sid":"RM_2"}',
    });
    const reply = await ask(
      `bearer ${await service.token({ roomList: true })}`,
      { method: 'GET' },
      `/graphql?${query}`,
    );
    expect(reply).toMatchObject({ status: 200, body: { data: { room: { name: 'weekly' } } } });
  });
});
