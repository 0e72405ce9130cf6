import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { httpOptions } from './connections.js';

async function connectTo(options: typeof httpOptions): Promise<Socket> {
  const app = fastify(options);
  app.post('/', () => 'whole');
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => app.close());
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function answerOf(socket: Socket): Promise<string> {
  const [answer] = (await once(socket, 'data')) as [Buffer];
  await once(socket, 'close');
  return answer.toString().split('\r\n')[0]!;
}

test('every time that Node bounds is bounded', () => {
  const { server } = fastify(httpOptions);
  expect([server.headersTimeout, server.requestTimeout, server.timeout]).toEqual([10_000, 30_000, 120_000]);
  expect(server.keepAliveTimeout).toBeGreaterThan(90_000);
});

test.each([
  ['headers', 'POST / HTTP/1.1\r\nhost: x\r\n'],
  ['a body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\ncontent-type: application/json\r\n\r\n{'],
  ['nothing', ''],
])('%s that never ends is given up soon after its time', async (_, bytes) => {
  const socket = await connectTo({
    ...httpOptions,
    http: { ...httpOptions.http, headersTimeout: 50 },
    requestTimeout: 100,
  });
  const began = performance.now();
  if (bytes !== '') socket.write(bytes);
  expect(await answerOf(socket)).toBe('HTTP/1.1 408 Request Timeout');
  expect(performance.now() - began).toBeLessThan(5_000);
});
