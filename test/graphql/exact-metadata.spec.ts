import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, type Service } from '../support/service.js';

const metadata =
  '{\n  "orgId": 1546130668394913822,\r\n  "share": 0.12345678901234567890,\n  "big": 1e400, "text": "a\\nb"\n}';
const sent = metadata.replace(/[\r\n]/g, '');

let service: Service;
beforeAll(async () => {
  service = await startService();
  const createdAt = Math.floor(Date.now() / 1000);
  const room = { sid: 'RM_1', name: 'daily', creationTime: createdAt, metadata };
  const participant = { sid: 'PA_1', identity: 'ann', joinedAt: createdAt, metadata };
  await service.deliver(JSON.stringify({ id: 'EV_1', event: 'participant_joined', createdAt, room, participant }));
});
afterAll(() => service.stop());

async function answered(path: string, body?: object): Promise<string> {
  const authorization = `Bearer ${await service.token({ roomList: true })}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  return (await fetch(service.url + path, request)).text();
}

// A document is interpreted first, and compiled afterwards.
test.each(['first', 'second', 'third'])('numbers of metadata are exact in GraphQL, the %s time', async () => {
  const query = '{ rooms { nodes { metadata metadataJson participants { nodes { metadataJson } } } } }';
  const [room] = [`"metadata":${JSON.stringify(metadata)},"metadataJson":${sent}`];
  expect(await answered('/graphql', { query })).toBe(
    `{"data":{"rooms":{"nodes":[{${room},"participants":{"nodes":[{"metadataJson":${sent}}]}}]}}}`,
  );
});

test.each(['rooms', 'participants'])('numbers of metadata are exact in exports of %s', async (list) => {
  expect(await answered(`/export/${list}.jsonl?fields=metadataJson`)).toBe(`{"metadataJson":${sent}}\n`);
  expect(await answered(`/export/${list}.csv?fields=metadataJson`)).toBe(
    `metadataJson\r\n"${sent.replaceAll('"', '""')}"\r\n`,
  );
});
