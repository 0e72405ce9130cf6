import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionLists } from '../../src/export/lists.js';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

const long = `a${'b'.repeat(100)}`;

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  const tenant = { id: 7.5, name: 'Å, "b"', on: true, list: [1], ':now': "o'clock" };
  await rows.rooms(
    { metadataJson: { tenant, [long]: 'long' } },
    { roomName: 'other', metadataJson: { tenant: { id: 'other' } } },
    { project: 'acme', metadataJson: { tenant: { id: 'foreign' } } },
  );
  await rows.participants({ attributes: { plan: 'pro', 'a.b': 'c' } }, { sid: 'PA_2', roomSid: 'RM_unknown' });
  await rows.tracks({ participantSid: 'PA_1' }, { sid: 'TR_2', participantSid: 'PA_unknown' });
  await rows.egresses({ roomSid: 'RM_1', roomName: 'daily' }, { egressId: 'EG_2', roomSid: 'RM_1', roomName: null });
  await rows.ingressSessions({ roomSid: 'RM_1', roomName: 'daily' });
  await rows.agentJobs({ roomSid: 'RM_1', roomName: 'daily' }, { jobId: 'AJ_2', roomSid: null, roomName: null });
});
afterAll(() => service.stop());

async function rowsOf(list: string, fields: string): Promise<unknown[]> {
  const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
  const asked = new URLSearchParams({ fields });
  const answer = await fetch(`${service.url}/export/${list}.jsonl?${asked}`, { headers });
  const text = await answer.text();
  expect([answer.status, text]).toEqual([200, expect.any(String)]);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

describe('a value of the room’s metadata is a column', () => {
  const column = 'roomMetadata:tenant.id';
  it.each([
    [
      'rooms',
      [
        { [column]: '7.5', id: 'RM_1' },
        { [column]: 'other', id: 'RM_1' },
      ],
    ],
    [
      'participants',
      [
        { [column]: '7.5', id: 'PA_1' },
        { [column]: null, id: 'PA_2' },
      ],
    ],
    [
      'tracks',
      [
        { [column]: '7.5', id: 'TR_1' },
        { [column]: '7.5', id: 'TR_2' },
      ],
    ],
    [
      'egresses',
      [
        { [column]: '7.5', id: 'EG_1' },
        { [column]: '7.5', id: 'EG_2' },
      ],
    ],
    ['ingressSessions', [{ [column]: '7.5', id: 'RT_1' }]],
    [
      'agentJobs',
      [
        { [column]: '7.5', id: 'AJ_1' },
        { [column]: null, id: 'AJ_2' },
      ],
    ],
  ])('of %s', async (list, expected) => {
    expect(await rowsOf(list, `${column},id`)).toEqual(expected);
  });

  it('also of a list that is counted, under names of any length', async () => {
    const names = ['tenant.on', 'tenant.name', 'tenant.list', 'tenant', 'tenant.:now', long, 'none'];
    const fields = ['identityCount', ...names.map((name) => `roomMetadata:${name}`), 'name'];
    const values = [1, 'true', 'Å, "b"', null, null, "o'clock", 'long', null, 'daily'];
    expect((await rowsOf('rooms', fields.join()))[0]).toEqual(
      Object.fromEntries(fields.map((field, index) => [field, values[index]])),
    );
  });

  it('of every list of sessions', async () => {
    for (const list of sessionLists.keys()) expect((await rowsOf(list, column)).length).toBeGreaterThan(0);
  });
});

it('an attribute is a column of people, and of tracks by who published them', async () => {
  expect(await rowsOf('participants', 'attribute:plan,attribute:a.b')).toEqual([
    { 'attribute:plan': 'pro', 'attribute:a.b': 'c' },
    { 'attribute:plan': null, 'attribute:a.b': null },
  ]);
  expect(await rowsOf('tracks', 'id,attribute:plan')).toEqual([
    { id: 'TR_1', 'attribute:plan': 'pro' },
    { id: 'TR_2', 'attribute:plan': null },
  ]);
});

it.each([
  ['rooms', 'attribute:plan', 'There is no field "attribute:plan": a Room has no attribute.'],
  ['egresses', 'attribute:plan', 'There is no field "attribute:plan": a Egress has no attribute.'],
  ['rooms', 'roomMetadata:', /^There is no field "roomMetadata:": there are id, sid,/],
  ['rooms', `roomMetadata:${'x'.repeat(257)}`, 'The roomMetadata has 257 characters, more than 256.'],
  [
    'participants',
    Array.from({ length: 21 }, (_, n) => `attribute:${n}`).join(),
    '21 fields of metadata and attributes are more than 20.',
  ],
])('%s with %.30s is refused', async (list, fields, message) => {
  const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
  const answer = await fetch(`${service.url}/export/${list}.csv?${new URLSearchParams({ fields })}`, { headers });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { code: 'BAD_USER_INPUT', message: typeof message === 'string' ? message : expect.stringMatching(message) },
  ]);
});
