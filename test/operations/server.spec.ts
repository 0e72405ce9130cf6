import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { boundUnreadAnswers } from '../../src/http/unread-answers.js';
import { hasten } from '../support/hasten.js';
import { type Service, startService } from '../support/service.js';

const origin = 'https://app.example.com';

let service: Service;
beforeAll(async () => {
  service = await startService({ settings: { corsOrigins: [origin] } });
});
afterAll(() => service.stop());

const preflight = (path: string, from: string) =>
  fetch(service.url + path, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });

describe('pages of other origins', () => {
  test('may ask GraphQL when they are configured', async () => {
    const { status, headers } = await preflight('/graphql', origin);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    expect(headers.get('access-control-allow-headers')).toBe('authorization');
  });

  test.each([
    ['/graphql', 'https://evil.example.com'],
    ['/webhook', origin],
    ['/health', origin],
  ])('may not ask %s from %s', async (path, from) => {
    expect((await preflight(path, from)).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('GraphQL bodies', () => {
  const ask = async (body: string) => {
    const authorization = `Bearer ${await service.token({ roomList: true })}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${service.url}/graphql`, { method: 'POST', headers, body });
    return response.status;
  };

  test('are read as JSON', async () => {
    expect(await ask('{"query":"{__typename}"}')).toBe(200);
  });

  test('that would pollute prototypes are refused', async () => {
    expect(await ask('{"query":"{__typename}","__proto__":{"a":1}}')).toBe(400);
    expect(await ask('{"query":"{__typename}","variables":{"constructor":{"prototype":{"a":1}}}}')).toBe(400);
  });

  test('over 1 MiB are refused', async () => {
    expect(await ask(`{"query":"{__typename}${' '.repeat(2 ** 20)}"}`)).toBe(413);
  });
});

test('an address that cannot be read is refused in JSON', async () => {
  const response = await fetch(`${service.url}/%E0%A4%A`);
  expect([response.status, await response.json()]).toEqual([
    400,
    { code: 'BAD_REQUEST', message: 'The request is malformed.' },
  ]);
});

describe('a connection that does not wait for answers', () => {
  const pipelined = async (to: { url: string }, path: string, times: number): Promise<Socket> => {
    const { hostname, port } = new URL(to.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`.repeat(times));
    return socket;
  };
  /** The IDE's, by way of the page's. */
  const largestScript = async (url: string): Promise<string> => {
    const textOf = async (path: string): Promise<string> => (await fetch(url + path)).text();
    const [, entry] = /src="\.(\/assets\/[^"]+)"/.exec(await textOf('/')) ?? [];
    const [, ide] = /\b(ide-[\w-]+\.js)/.exec(await textOf(entry!)) ?? [];
    return `/assets/${ide}`;
  };
  const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

  test('is answered 16 requests', async () => {
    const socket = await pipelined(service, '/metrics', 16);
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    await expect.poll(() => received.match(/HTTP\/1.1 200 OK/g)?.length, { timeout: 10_000 }).toBe(16);
    socket.destroy();
  });

  test('is closed when it sends more', async () => {
    const before = process.memoryUsage().rss;
    const socket = await pipelined(service, await largestScript(service.url), 1_390);
    // A socket that reads nothing does not notice that it was closed.
    await closed(socket.resume());
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  test('is closed a minute after an answer that it does not read', async () => {
    hasten(60);
    const alone = fastify();
    onTestFinished(() => alone.close());
    boundUnreadAnswers(alone);
    alone.get('/', () => Buffer.alloc(64 * 2 ** 20));
    const url = await alone.listen();
    const accepted = once(alone.server, 'connection') as Promise<[Socket]>;
    await pipelined({ url }, '/', 1);
    const began = performance.now();
    await closed((await accepted)[0]);
    expect(performance.now() - began).toBeGreaterThan(60_000);
  });
});

test('a stop waits for no connection that never asked', async () => {
  const stopped = await startService();
  const { hostname, port } = new URL(stopped.url);
  const silent = connect(Number(port), hostname);
  await once(silent, 'connect');
  // Answered, so the server knows of the connection before it.
  await fetch(`${stopped.url}/health`);
  const closed = once(silent, 'close');
  await stopped.stop();
  await closed;
  expect(silent.destroyed).toBe(true);
});
