import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { type Environment, readSettings } from '../settings/settings.js';
import { answerFailure } from './answer-failure.js';
import { setBodyRules } from './body-rules.js';

const MiB = 2 ** 20;

/** A server that holds its answers until `answer()`. */
async function listen(env: Environment = {}) {
  const app = fastify();
  setBodyRules(app, readSettings(env));
  app.addHook('preParsing', (request, _reply, payload, done) => {
    request.project = String(request.headers['project'] ?? 'default');
    done(null, payload);
  });
  app.setErrorHandler(answerFailure);
  const waiting: (() => void)[] = [];
  const arrivals = new EventEmitter();
  const handler = () =>
    new Promise<string>((resolve) => {
      waiting.push(() => resolve('done'));
      arrivals.emit('one');
    });
  app.post('/raw', { config: { rawBody: true } }, handler);
  app.post('/json', handler);
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => app.close());
  onTestFinished(() => answer());
  const { port } = app.server.address() as AddressInfo;
  const answer = (): void => waiting.splice(0).forEach((one) => one());
  const post = async (path: string, body: string | ReadableStream, project = 'default'): Promise<number> => {
    const headers = { 'content-type': 'application/json', project };
    return (
      await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
    ).status;
  };
  return { port, post, answer, waiting, arrivals };
}

const streamed = (bytes: number) => new Blob(['"'.padEnd(bytes - 1), '"']).stream() as ReadableStream;

test.each(['in one piece', 'in chunks'])('bodies sent %s count until their requests are answered', async (how) => {
  const { post, answer, waiting } = await listen();
  const body = () => (how === 'in chunks' ? streamed(15 * MiB) : '"'.padEnd(15 * MiB - 1) + '"');
  const held = [1, 2, 3].map(() => post('/raw', body()));
  await expect.poll(() => waiting.length).toBe(3);
  expect(await post('/raw', body())).toBe(503);
  const small = post('/raw', '{}');
  await expect.poll(() => waiting.length).toBe(4);
  answer();
  expect(await Promise.all([...held, small])).toEqual([200, 200, 200, 200]);
  const again = post('/raw', body());
  await expect.poll(() => waiting.length).toBe(1);
  answer();
  expect(await again).toBe(200);
});

test('a project with a database of its own leaves as much as it takes', async () => {
  const { post, answer, waiting } = await listen({
    LIVEKIT_KEYS: 'a: one, b@acme: two',
    DATABASE_URL: 'postgres://h/shared',
    DATABASE_URLS: 'acme=postgres://h/acme',
  });
  const body = '"'.padEnd(15 * MiB - 1) + '"';
  const held = [1, 2].map(() => post('/raw', body, 'acme'));
  await expect.poll(() => waiting.length).toBe(2);
  expect(await post('/raw', body, 'acme')).toBe(503);
  held.push(post('/raw', body));
  await expect.poll(() => waiting.length).toBe(3);
  expect(await post('/raw', body, 'another')).toBe(503);
  answer();
  expect(await Promise.all(held)).toEqual([200, 200, 200]);
});

test('questions are counted apart from webhooks', async () => {
  const { post, answer, waiting } = await listen();
  const body = '"'.padEnd(MiB - 1) + '"';
  const held = Array.from({ length: 24 }, () => post('/json', body));
  await expect.poll(() => waiting.length).toBe(24);
  expect(await post('/json', body)).toBe(503);
  const raw = post('/raw', body);
  await expect.poll(() => waiting.length).toBe(25);
  answer();
  expect(new Set(await Promise.all([...held, raw]))).toEqual(new Set([200]));
});

test('what breaks off gives back what it took', async () => {
  const { port, post, answer, arrivals } = await listen();
  for (let times = 0; times < 8; times++) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    const head = `POST /raw HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${15 * MiB}\r\n\r\n`;
    await new Promise((resolve) => socket.write(`${head}{`, resolve));
    socket.destroy();
  }
  const status = async (): Promise<number> => {
    const response = post('/raw', '"'.padEnd(15 * MiB - 1) + '"');
    await Promise.race([response, once(arrivals, 'one')]);
    answer();
    return response;
  };
  await expect.poll(status).toBe(200);
});
