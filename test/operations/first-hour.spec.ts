import { createServer, type AddressInfo } from 'node:net';
import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { simulate } from '../../src/cli/simulate/run.js';
import { played, postAll } from '../support/load.js';
import { createDatabase } from '../support/database.js';
import { runService } from '../support/process.js';
import { sha256 } from '../support/sign.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
  await postAll(service, played(300));
});
afterAll(() => service.stop());

/** A port on which something listens, and no service. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('a service that cannot listen says why in one sentence', () => {
  const failing = async (env: Record<string, string>): Promise<string> => {
    const database = await createDatabase();
    onTestFinished(database.drop);
    const { code, errors } = await runService({ DATABASE_URL: database.url, ...env }).ended;
    expect(code).toBe(1);
    return errors;
  };

  test('where the port is taken', async () => {
    const port = await takenPort();
    expect(await failing({ PORT: String(port) })).toBe(
      `Nothing can listen at 127.0.0.1:${port} (listen EADDRINUSE: address already in use 127.0.0.1:${port}). Stop what listens there, or set PORT to another port.\n`,
    );
  });

  test('where the address is not of this machine', async () => {
    expect(await failing({ HOST: '192.0.2.1' })).toMatch(
      /^Nothing can listen at 192\.0\.2\.1:0 \(listen EADDRNOTAVAIL.*\)\. Set HOST to an address of this machine\.\n$/,
    );
  });
});

test('simulate ends at once where nothing listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const url = `http://127.0.0.1:${port}`;
  await expect(simulate(['--url', url], { LIVEKIT_KEYS: 'devkey: secret' }, Date.now())).rejects.toThrow(
    `Nothing listens at ${url} (connect ECONNREFUSED 127.0.0.1:${port}). Start the service, or give its --url.`,
  );
});

describe('a webhook', () => {
  const body = JSON.stringify({
    id: 'EV_slash',
    event: 'room_started',
    createdAt: 1,
    room: { sid: 'RM_s', name: 's' },
  });
  const post = (path: string, type = 'application/webhook+json'): Promise<Response> => {
    const authorization = service.sign({ sha256: sha256(body) });
    return fetch(service.url + path, { method: 'POST', body, headers: { authorization, 'content-type': type } });
  };
  const refused = async (): Promise<number> => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    return Number(/refusals_total\{code="NOT_FOUND"\} (\d+)/.exec(text)?.[1] ?? 0);
  };

  test.each(['/webhook/', '/webhook/?from=livekit'])('is taken at %s', async (path) => {
    expect((await post(path)).status).toBe(200);
  });

  test('to any other path is counted, since LiveKit drops it without a word', async () => {
    const before = await refused();
    expect((await post('/webhooks')).status).toBe(404);
    expect((await post('/')).status).toBe(404);
    expect((await post('/elsewhere', 'application/json')).status).toBe(404);
    expect(await refused()).toBe(before + 2);
  });
});

test('the page also works behind a path prefix', async () => {
  for (const path of ['/', '/ide']) {
    const page = await (await fetch(service.url + path)).text();
    const links = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter((link) => link.startsWith('/'))).toEqual([]);
  }
});

describe('compression', () => {
  const ask = async (path: string, encoding: string, body?: string): Promise<IncomingMessage & { bytes: Buffer }> => {
    const authorization = `Bearer ${await service.token({ roomList: true })}`;
    const headers = { authorization, 'accept-encoding': encoding, 'content-type': 'application/json' };
    const asked = request(service.url + path, { method: body === undefined ? 'GET' : 'POST', headers }).end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return Object.assign(answer, { bytes: await buffer(answer) });
  };
  const query = JSON.stringify({ query: '{ participants(first: 100) { nodes { id identity joinedAt } } }' });

  test.each([
    ['answers', '/graphql', query],
    ['exports', '/export/participants.csv', undefined],
  ])('%s are sent small where the client accepts it, with the same content', async (_, path, body) => {
    const plain = await ask(path, 'identity', body);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers['vary']).toContain('accept-encoding');
    for (const encoding of ['gzip', 'br, gzip;q=0.5', '*']) {
      const small = await ask(path, encoding, body);
      expect(small.headers['content-encoding']).toBe('gzip');
      expect(small.bytes.length).toBeLessThan(plain.bytes.length / 2);
      expect(gunzipSync(small.bytes).equals(plain.bytes)).toBe(true);
    }
    for (const encoding of ['br', 'gzip;q=0', 'gzip;q=0, *']) {
      expect((await ask(path, encoding, body)).bytes.equals(plain.bytes)).toBe(true);
    }
  });

  test('a short answer is sent as it is', async () => {
    const { headers } = await ask(
      '/graphql',
      'gzip',
      JSON.stringify({ query: '{ rooms(first: 0) { nodes { id } } }' }),
    );
    expect(headers['content-encoding']).toBeUndefined();
  });

  test('Excel finds the byte order mark that it needs, where it is asked for', async () => {
    const [plain, marked] = await Promise.all(
      ['', '?bom=true'].map((more) => ask(`/export/rooms.csv${more}`, 'identity')),
    );
    expect(marked!.bytes.equals(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), plain!.bytes]))).toBe(true);
    for (const path of ['/export/rooms.csv?bom=yes', '/export/rooms.jsonl?bom=true']) {
      const { statusCode, bytes } = await ask(path, 'identity');
      expect([statusCode, JSON.parse(bytes.toString())]).toEqual([
        400,
        expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      ]);
    }
  });
});

test('the log tells times in ISO, levels by name, and where a refused webhook came from', async () => {
  const database = await createDatabase();
  onTestFinished(database.drop);
  const env = { NODE_ENV: 'production', HOST: '127.0.0.1', LIVEKIT_KEYS: 'key: a-secret-that-nobody-else-has' };
  const { child, ready, ended } = runService({ ...env, DATABASE_URL: database.url });
  const url = await ready;
  await fetch(`${url}/webhook`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/webhook+json' },
  });
  await fetch(`${url}/hook`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/webhook+json' } });
  child.kill('SIGTERM');
  const lines = (await ended).output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const { timestamp } of lines) expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const refusals = lines.filter(({ context }) => context === 'Http');
  expect(refusals.map(({ level, message }) => `${String(level)} ${String(message)}`)).toEqual([
    expect.stringMatching(/^warn Webhook refused \(401 TOKEN_MISSING\), from 127\.0\.0\.1 to "\/webhook": /),
    expect.stringMatching(/^warn Webhook refused \(404 NOT_FOUND\), from 127\.0\.0\.1 to "\/hook": /),
  ]);
  expect(lines.find(({ message }) => String(message).startsWith('Ready at'))).toMatchObject({ level: 'info' });
});
