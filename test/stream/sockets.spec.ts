import { connect as connectTcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Settings } from '../../src/settings/settings.js';
import { type Service, startService } from '../support/service.js';
import { begun, connect, events, media, open, Subscriber, webhook } from '../support/subscriber.js';

const settings: Partial<Settings> = {
  socketsPerToken: 3,
  socketsPerProject: 5,
  subscriptionsPerSocket: 4,
  streamBufferBytes: 20_000,
  corsOrigins: ['https://app.example.com'],
};
let service: Service;
beforeAll(async () => (service = await startService({ settings })));
afterAll(() => service.stop());

const init = (authorization?: unknown) => ({ type: 'connection_init', payload: { authorization } });
const subscribe = (id: string, query = events) => ({ type: 'subscribe', id, payload: { query } });
const admitted = async (of = service): Promise<object> => init(`Bearer ${await of.token({ roomList: true })}`);

async function endOf(query: string, variables = {}): Promise<unknown> {
  const subscriber = new Subscriber(connect(service), { query, variables });
  return (await subscriber.until(({ end }) => end !== null)).end;
}

describe('a socket is closed', () => {
  it.each([
    ['without a token', undefined, /^4401 UNAUTHENTICATED: /],
    ['with no text for one', 7, /^4401 UNAUTHENTICATED: /],
    ['with a token that somebody else signed', 'Bearer a.b.c', /^4401 UNAUTHENTICATED: /],
  ])('%s', async (_, authorization, reason) => {
    const { send, closed } = open(service);
    await send(init(authorization));
    expect(await closed).toMatch(reason);
  });

  it('with a token that grants no reading', async () => {
    const { send, closed } = open(service);
    await send(init(`Bearer ${await service.token({ roomJoin: true, room: 'daily' })}`));
    expect(await closed).toMatch(/^4403 FORBIDDEN: .*roomledger.read/);
  });

  it('when its token expires', async () => {
    const client = connect(service, { token: await service.token({ roomList: true }, { ttlSeconds: 2 }) });
    const subscriber = await begun(service, new Subscriber(client, { query: events }));
    await subscriber.until(({ end }) => end !== null);
    expect(subscriber.end).toMatchObject({ code: 4403, reason: 'TOKEN_EXPIRED: get another.' });
  });

  it.each([
    ['that is not JSON', 'hello', '4400 Invalid message received'],
    ['that is not of the protocol', { type: 'start' }, '4400 Invalid message received'],
    ['that only a server sends', { type: 'complete' }, '4400 Invalid message received'],
    ['that is not text', Buffer.from('{}'), '4400 A message is text.'],
    ['that asks before it was admitted', subscribe('1'), '4401 Unauthorized'],
    ['that is too long', JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(300_000) } }), '1009 '],
  ])('by a message %s', async (_, message, reason) => {
    const { send, closed } = open(service);
    await send(message);
    expect(await closed).toBe(reason);
  });

  it('by messages in the place of a client', async () => {
    const { send, closed } = open(service);
    await send(await admitted(), { type: 'next', id: '1', payload: { data: {} } });
    expect(await closed).toMatch(/^4400 Unexpected message/);
  });

  it('by an id that is in use', async () => {
    const { send, closed } = open(service);
    await send(await admitted());
    await send(subscribe('1'), subscribe('1'));
    expect(await closed).toMatch(/^4401|^4409/);
  });

  it('with another protocol', async () => {
    const { closed } = open(service, { protocol: 'graphql-ws' });
    await expect(closed).rejects.toThrow('Server sent no subprotocol');
  });

  it('while it says nothing at first', async () => {
    expect(await open(service).closed).toBe('4408 Connection initialisation timeout');
  });

  it('when it is idle, or does not answer', async () => {
    const other = await startService({ settings: { socketPingMs: 200, socketIdleMs: 500 } });
    onTestFinished(() => other.stop());
    const [idle, deaf] = [open(other), open(other)];
    await idle.send(await admitted(other));
    await deaf.send(await admitted(other), subscribe('1'));
    deaf.ws.pause();
    expect(await idle.closed).toMatch(/^1000 IDLE/);
    const connections = (): Promise<number> =>
      new Promise((resolve) => other.app.getHttpServer().getConnections((_: unknown, count: number) => resolve(count)));
    while ((await connections()) > 0) await pause(20);
  });

  it('when it reads slower than events come, with what to do', async () => {
    const other = await startService({ settings });
    onTestFinished(() => other.stop());
    const slow = open(other);
    const query = 'subscription { webhookEvents { cursor node { id payload } } }';
    await slow.send(await admitted(other));
    while (slow.messages.length === 0) await pause(10);
    await slow.send(subscribe('1', query));
    const fast = await begun(other, new Subscriber(connect(other), { query: events }));
    while (slow.messages.length < 2) await begun(other, fast);
    slow.ws.pause();
    const room = { sid: 'RM_1', name: 'daily', metadata: 'x'.repeat(400_000) };
    const ids = Array.from({ length: 60 }, (_, n) => `EV_big${n}`);
    for (const id of ids) await other.deliver(webhook('track_published', { id, room, ...media }));
    await fast.until(({ ids: told }) => told.length >= ids.length);
    slow.ws.resume();
    expect(await slow.closed).toBe('4413 SLOW_READER: resume after the last cursor.');
    const { cursor } = (slow.messages.at(-1)!.payload as { data: { webhookEvents: { cursor: string } } }).data
      .webhookEvents;
    const seen = slow.messages.flatMap(
      ({ payload }) =>
        (payload as { data?: { webhookEvents: { node: { id: string } } } })?.data?.webhookEvents.node.id ?? [],
    );
    const again = new Subscriber(connect(other), { query: events, variables: { after: cursor } });
    const all = (): string[] => [...seen.filter((id) => id.startsWith('EV_big')), ...again.ids];
    await again.until(() => all().length >= ids.length);
    expect(all()).toEqual(ids);
    expect(again.ids.length).toBeGreaterThan(0);
  });

  it('beyond those that a token, and a project, may have', async () => {
    const tokens = [await service.token({ roomList: true }), service.sign({ video: { roomList: true } })];
    const sockets = [0, 0, 0, 1, 1, 1].map((which) => ({ which, ...open(service) }));
    const ends: string[] = [];
    for (const { which, send, messages, closed } of sockets) {
      await send(init(`Bearer ${tokens[which]}`));
      const acknowledged = async (): Promise<string> => {
        while (messages.length === 0) await pause(5);
        return messages[0]!.type;
      };
      ends.push(await Promise.race([closed, acknowledged()]));
    }
    const refused = '1013 TOO_MANY_SOCKETS: close others first.';
    expect(ends).toEqual([...Array.from({ length: 5 }, () => 'connection_ack'), refused]);
    const more = open(service);
    await more.send(init(`Bearer ${tokens[0]}`));
    expect(await more.closed).toBe(refused);
    sockets[0]!.ws.close();
    await sockets[0]!.closed;
    const again = open(service);
    await again.send(init(`Bearer ${tokens[0]}`));
    while (again.messages.length === 0) await pause(5);
  });
});

describe('a socket is not opened', () => {
  it.each([
    ['at another path', { path: '/webhook' }, '404'],
    ['for a page of another origin', { headers: { origin: 'https://evil.example.com' } }, '403'],
  ])('%s', async (_, options, status) => {
    await expect(open(service, options).closed).rejects.toThrow(status);
  });

  it.each([
    ['its own', () => service.url, {}],
    ['one of CORS_ORIGINS', () => 'https://app.example.com', {}],
    ["a proxy's", () => 'https://ledger.example.com', { 'x-forwarded-host': 'ledger.example.com' }],
  ])('but is, for a page of this origin: %s', async (_, origin, more) => {
    const { send, messages } = open(service, { headers: { origin: origin(), ...more } });
    await send(await admitted());
    while (messages.length === 0) await pause(5);
    expect(messages).toEqual([{ type: 'connection_ack' }]);
  });
});

describe('a subscription is refused', () => {
  const nested = (first: number, levels: number): string =>
    `subscription { roomChanged { ${`participants(first: ${first}) { nodes { room { `.repeat(levels)} sid ${'} } }'.repeat(levels)} } }`;
  it.each([
    ['GRAPHQL_PARSE_FAILED', 'subscription {'],
    ['GRAPHQL_VALIDATION_FAILED', 'subscription { nothing }'],
    ['GRAPHQL_VALIDATION_FAILED', 'subscription { roomChanged { sid } webhookEvents { cursor } }'],
    ['GRAPHQL_VALIDATION_FAILED', 'subscription { roomChanged @skip(if: true) { sid } }'],
    ['DEPTH_LIMIT', nested(1, 5)],
    ['COST_LIMIT', nested(200, 3)],
    ['BAD_USER_INPUT', `subscription { roomChanged(filter: {sid: [${'"a",'.repeat(201)}]}) { sid } }`],
    [
      'BAD_USER_INPUT',
      'subscription { roomChanged(filter: {metadata: {path: "' + 'x'.repeat(300) + '", eq: "a"}}) { sid } }',
    ],
  ])('with %s', async (code, query) => {
    expect(await endOf(query)).toMatchObject([{ extensions: { code } }]);
  });

  it('beyond those that a socket may have, which it keeps', async () => {
    const client = connect(service);
    const all = Array.from({ length: 4 }, () => new Subscriber(client, { query: events }));
    await Promise.all(all.map((one) => begun(service, one)));
    const more = new Subscriber(client, { query: events });
    await more.until(({ end }) => end !== null);
    expect(more.end).toMatchObject([{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }]);
    all[0]!.stop();
    await Promise.all(all.slice(1).map((one) => begun(service, one)));
    await begun(service, new Subscriber(client, { query: events }));
  });

  it('over HTTP', async () => {
    const { status, errors } = await service.query(events);
    expect([status, errors?.[0]]).toMatchObject([400, { extensions: { code: 'BAD_REQUEST' } }]);
  });
});

describe('a socket', () => {
  it('answers queries as HTTP does', async () => {
    const client = connect(service);
    const query = '{ rooms(first: 1) { nodes { name } } }';
    const one = await new Subscriber(client, { query }).until(({ end }) => end !== null);
    expect(one).toMatchObject({ told: [{ data: { rooms: { nodes: expect.any(Array) } } }], end: 'complete' });
    const failed = await new Subscriber(client, { query: '{ rooms(first: 999) { nodes { name } } }' }).until(
      ({ end }) => end !== null,
    );
    expect(failed.told).toMatchObject([{ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }]);
  });

  it("takes its token from the handshake's header too", async () => {
    const { send, messages } = open(service, {
      headers: { authorization: `Bearer ${await service.token({ roomList: true })}` },
    });
    await send({ type: 'connection_init' }, { type: 'ping', payload: { a: 1 } });
    while (messages.length < 2) await pause(5);
    expect(messages.map(({ type }) => type).sort()).toEqual(['connection_ack', 'pong']);
  });

  it('leaves a request alone that only offers another protocol', async () => {
    const body = JSON.stringify({ query: '{ __typename }' });
    const head = [
      'POST /graphql HTTP/1.1',
      'Host: a',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      `Authorization: Bearer ${await service.token({ roomList: true })}`,
    ];
    const socket = connectTcp(Number(new URL(service.url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    let answer = '';
    while (!answer.includes('__typename'))
      answer += String(await new Promise((resolve) => socket.once('data', resolve)));
    expect(answer).toMatch(/^HTTP\/1.1 200 OK[^]*{"data":{"__typename":"Query"}}/);
  });
});
