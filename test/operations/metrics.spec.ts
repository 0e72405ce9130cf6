import { afterAll, beforeAll, expect, test } from 'vitest';
import { postRaw } from '../support/socket.js';
import { type Service, startService } from '../support/service.js';

const now = 1_795_000_000;
const clock = { now: () => now * 1000 };

let service: Service;
beforeAll(async () => {
  service = await startService({ clock });
});
afterAll(() => service.stop());

async function metrics(): Promise<Map<string, number>> {
  const response = await fetch(`${service.url}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** By how much `work` moves these. */
async function moved(names: readonly string[], work: () => Promise<unknown>): Promise<number[]> {
  const before = await metrics();
  await work();
  const after = await metrics();
  return names.map((name) => (after.get(`roomledger_${name}`) ?? 0) - (before.get(`roomledger_${name}`) ?? 0));
}

const outcomes = ['events_total{outcome="committed"}', 'events_total{outcome="known"}', 'differing_deliveries_total'];
const event = (id: string, more: object = {}) =>
  JSON.stringify({ event: 'room_started', id, createdAt: `${now}`, room: { sid: `RM_${id}`, name: 'one' }, ...more });

test('a new event is committed, its redelivery known', async () => {
  expect(await moved(outcomes, () => service.post(event('EV_1')))).toEqual([1, 0, 0]);
  expect(await moved(outcomes, () => service.post(event('EV_1')))).toEqual([0, 1, 0]);
});

test('a redelivery with another body is counted, another order of its keys is none', async () => {
  const { room, ...rest } = JSON.parse(event('EV_1')) as { room: object };
  expect(await moved(outcomes, () => service.post(JSON.stringify({ room, ...rest })))).toEqual([0, 1, 0]);
  expect(await moved(outcomes, () => service.post(event('EV_1', { numDropped: 3 })))).toEqual([0, 1, 1]);
  const long = event('EV_long', { padding: 'x'.repeat(70_000) });
  const longer = event('EV_long', { padding: 'x'.repeat(70_001) });
  expect(await moved(outcomes, () => service.post(long))).toEqual([1, 0, 0]);
  expect(await moved(outcomes, () => service.post(long))).toEqual([0, 1, 0]);
  expect(await moved(outcomes, () => service.post(longer))).toEqual([0, 1, 1]);
});

test('deliveries that come together with another body are counted too', async () => {
  const together = [0, 1, 2, 3].map((part) => event('EV_2', { part: part % 2 }));
  const work = () => Promise.all(together.map((body) => service.post(body)));
  expect(await moved(outcomes, work)).toEqual([1, 3, 2]);
});

test('a secret is no difference: bodies are compared as they are stored', async () => {
  const room = { sid: 'RM_3', name: 'three' };
  await service.post(event('EV_3', { room: { ...room, turnPassword: 'one' } }));
  expect(await moved(outcomes, () => service.post(event('EV_3', { room: { ...room, turnPassword: 'two' } })))).toEqual([
    0, 1, 0,
  ]);
});

test('an event that is kept with a problem is counted', async () => {
  const names = [outcomes[0]!, 'problem_events_total', 'batch_events_count', 'commit_seconds_count'];
  expect(await moved(names, () => service.post(event('EV_4', { event: 'room_dreamed' })))).toEqual([1, 1, 1, 1]);
});

test('refusals are counted by code, wherever they arise', async () => {
  const codes = [
    'KEY_UNKNOWN',
    'TOKEN_MISSING',
    'TOKEN_MALFORMED',
    'CONTENT_TYPE_UNSUPPORTED',
    'BODY_TOO_LARGE',
    'BODY_NOT_UTF8',
  ];
  const names = codes.map((code) => `refusals_total{code="${code}"}`);
  const work = async () => {
    await service.post(event('EV_5'), { headers: { authorization: 'nonsense' } });
    await service.post(event('EV_5'), { headers: { authorization: '' } });
    await service.post(event('EV_5'), { headers: { 'content-type': 'text/plain' } });
    const headers = { 'content-type': 'application/webhook+json', 'content-length': '99999999' };
    await postRaw(service.url, { headers, body: Buffer.alloc(0) });
    await service.post(Buffer.from('{"\xff"}', 'latin1'));
    await fetch(`${service.url}/nowhere`, { method: 'POST' });
  };
  expect(await moved(names, work)).toEqual([0, 1, 1, 1, 1, 1]);
});

test('no id or name is in it', async () => {
  await service.post(event('EV_6', { room: { sid: 'RM_hidden', name: 'hidden' } }));
  const text = await (await fetch(`${service.url}/metrics`)).text();
  expect(text).not.toMatch(/hidden|RM_|EV_|default|devkey/);
  expect(text).toContain('process_resident_memory_bytes');
});
