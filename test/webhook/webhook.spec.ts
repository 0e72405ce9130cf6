import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forge, sha256 } from '../support/sign.js';
import { type Service, startService } from '../support/service.js';
import { chunked, postRaw } from '../support/socket.js';

const now = 1_795_000_000;
const clock = { now: () => now * 1000 };

let service: Service;
beforeAll(async () => {
  service = await startService({ clock });
});
afterAll(() => service.stop());

let count = 0;

/** An event of its own id, and of a room of its own. */
function fresh(changes: object = {}): { id: string; text: string } {
  const id = `EV_${++count}`;
  const room = { sid: `RM_${count}`, name: `room ${count}` };
  return { id, text: JSON.stringify({ event: 'room_started', room, id, createdAt: `${now}`, ...changes }) };
}

async function logged(id: string): Promise<Record<string, unknown>[]> {
  const columns = 'project, event, deliveries, projected, problem, payload, room_name';
  const { rows } = await service.database.queries.query(
    `select ${columns} from webhook_event where id = $1 order by project`,
    [id],
  );
  return rows;
}

const plain = { project: 'default', event: 'room_started', deliveries: 1, projected: true, problem: null };

test('a genuine event is in the log when it is answered', async () => {
  const { id, text } = fresh();
  const response = await service.post(text);
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect(await logged(id)).toMatchObject([{ ...plain, payload: JSON.parse(text) }]);
});

describe.each([
  ['application/json', { 'content-type': 'application/json' }],
  ['a charset', { 'content-type': 'application/webhook+json; charset=utf-8' }],
  ['capitals in the type', { 'content-type': 'Application/Webhook+JSON' }],
  ['another sender', { 'user-agent': 'Go-http-client/2.0' }],
])('with %s', (_, headers: Record<string, string>) => {
  test('an event is accepted', async () => {
    const { id, text } = fresh();
    expect((await service.post(text, { headers })).status).toBe(200);
    expect(await logged(id)).toHaveLength(1);
  });
});

describe.each([
  ['Bearer before it', (token: string) => `Bearer ${token}`, {}],
  ['no iat', (token: string) => token, { iat: undefined }],
  ['an iat in the future', (token: string) => token, { iat: now + 9_000 }],
  ['no nbf', (token: string) => token, { nbf: undefined }],
  ['an nbf 59 s ahead', (token: string) => token, { nbf: now + 59 }],
  ['an exp 59 s ago', (token: string) => token, { exp: now - 59 }],
])('with a token with %s', (_, wrap, claims) => {
  test('an event is accepted', async () => {
    const { id, text } = fresh();
    const token = forge({
      claims: { iss: 'devkey', nbf: now, exp: now + 300, iat: now, sha256: sha256(text), ...claims },
      secret: 'secret',
    });
    expect((await service.post(text, { headers: { authorization: wrap(token) } })).status).toBe(200);
    expect(await logged(id)).toHaveLength(1);
  });
});

test('the key that signed decides the project', async () => {
  const { id, text } = fresh();
  for (const key of ['devkey', 'rotated', 'acmekey']) expect((await service.post(text, { key })).status).toBe(200);
  expect(await logged(id)).toMatchObject([
    { project: 'acme', deliveries: 1 },
    { project: 'default', deliveries: 2 },
  ]);
});

test('a redelivery is counted and otherwise changes nothing', async () => {
  const { id, text } = fresh();
  const statuses = await Promise.all([1, 2, 3].map(async () => (await service.post(text)).status));
  expect(statuses).toEqual([200, 200, 200]);
  expect((await service.post(text.replace('room_started', 'room_finished'))).status).toBe(200);
  expect(await logged(id)).toMatchObject([{ ...plain, deliveries: 4, payload: JSON.parse(text) }]);
});

test('a body in chunks is accepted', async () => {
  const { id, text } = fresh();
  const authorization = service.sign({ sha256: sha256(text) });
  const headers = { authorization, 'content-type': 'application/webhook+json', 'transfer-encoding': 'chunked' };
  expect((await postRaw(service.url, { headers, body: chunked(Buffer.from(text)) })).status).toBe(200);
  expect(await logged(id)).toHaveLength(1);
});

describe('what this version cannot project is kept with its problem:', () => {
  test.each([
    ['an event name of tomorrow', { event: 'room_dreamed' }],
    ['a room without a sid', { room: { name: 'nameless' } }],
  ])('%s', async (_, changes) => {
    const { id, text } = fresh(changes);
    expect((await service.post(text)).status).toBe(200);
    expect(await logged(id)).toMatchObject([
      { projected: false, problem: expect.stringMatching(/./), payload: JSON.parse(text) },
    ]);
  });
});

describe('what looks strange is projected:', () => {
  const participant = { sid: 'PA_1', identity: 'ann', kind: 'HOLOGRAM', state: 'ACTIVE', joinedAt: `${now}` };

  test('an enum value of tomorrow', async () => {
    const { id, text } = fresh({ event: 'participant_joined', participant });
    expect((await service.post(text)).status).toBe(200);
    expect(await logged(id)).toMatchObject([{ projected: true, payload: JSON.parse(text) }]);
  });

  test('U+0000 and lone surrogates, which become U+FFFD', async () => {
    const { id, text } = fresh();
    const strange = text.replace('"room ', String.raw`"\u0000\ud800\udc00\ud800 `);
    expect((await service.post(strange)).status).toBe(200);
    expect(await logged(id)).toMatchObject([{ ...plain, room_name: `\ufffd\u{10000}\ufffd ${count}` }]);
  });

  test('keys that pollute prototypes, which stay mere keys', async () => {
    const attributes = JSON.parse('{"__proto__":"x","constructor":"y"}') as object;
    const { id, text } = fresh({ event: 'participant_joined', participant: { ...participant, sid: 'PA_2' } });
    const polluting = text
      .replace('"ann"', `"ann","attributes":${JSON.stringify(attributes)}`)
      .replace('{', '{"__proto__":{"polluted":1},');
    expect((await service.post(polluting)).status).toBe(200);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    const [row] = await logged(id);
    expect(JSON.stringify(row!['payload'])).toContain(JSON.stringify(attributes));
  });

  test('arrays 99 deep in an event', async () => {
    const { id, text } = fresh({ deep: JSON.parse('['.repeat(99) + ']'.repeat(99)) as unknown });
    expect((await service.post(text)).status).toBe(200);
    expect(await logged(id)).toHaveLength(1);
  });
});

test('secrets do not reach the log', async () => {
  const { id, text } = fresh({ room: { sid: 'RM_secret', name: 'secret', turnPassword: 'hush' } });
  expect((await service.post(text)).status).toBe(200);
  const [row] = await logged(id);
  expect(JSON.stringify(row)).not.toContain('hush');
});

test('16 MiB exactly are accepted', async () => {
  const { id, text } = fresh();
  const padded = text + ' '.repeat(16 * 2 ** 20 - text.length);
  expect((await service.post(padded)).status).toBe(200);
  expect(await logged(id)).toHaveLength(1);
});
