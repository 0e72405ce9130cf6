import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
