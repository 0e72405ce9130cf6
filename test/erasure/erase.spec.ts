import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { erase, lookAt } from '../../src/erasing/erase.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { verify } from '../../src/rebuild/verify.js';
import { dumpTables } from '../support/tables.js';
import { type Service, startService } from '../support/service.js';

const began = Date.UTC(2026, 10, 24, 10);
const seconds = (minute: number): string => String(began / 1000 + minute * 60);
const now = (): number => began + 10 * 3_600_000;
const erasureKey = 'a key of at least thirty-two characters';

const phone = '+49301234567';
const person = {
  identity: `sip_${phone}`,
  name: 'Ada Lovelace',
  metadata: JSON.stringify({ mail: 'ada@example.org' }),
  kind: 'SIP',
  attributes: { 'sip.phoneNumber': phone, plan: 'secret-plan' },
};
/** Whatever would give her away. */
const telling = ['49301234567', 'Lovelace', 'ada@example.org', 'secret-plan', '%2B493012'];

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now }, settings: { erasureKey } });
  for (const event of history) await tell(event);
});
afterAll(() => service.stop());

interface Event {
  readonly event: string;
  readonly minute: number;
  readonly [more: string]: unknown;
}

let told = 0;
async function tell({ minute, ...event }: Event): Promise<string> {
  const body = JSON.stringify({ id: `EV_${told++}`, createdAt: seconds(minute), ...event });
  await service.deliver(body);
  return body;
}

const room = (sid: string, name: string): object => ({
  sid,
  name,
  creationTime: seconds(0),
  metadata: `for ${phone}`,
});
const call = room('RM_call', `call-_${phone}_x7`);
const meeting = room('RM_meeting', 'meeting');
const her = (sid: string): object => ({ sid, joinedAt: seconds(1), ...person });
const bob = { sid: 'PA_bob', identity: 'bob', joinedAt: seconds(1), metadata: `called by ${phone}`, name: 'Bob' };
const recording = (more: object = {}): object => ({
  egressId: 'EG_1',
  roomId: 'RM_meeting',
  roomName: 'meeting',
  startedAt: `${seconds(2)}000000000`,
  participant: { identity: person.identity, roomName: 'meeting' },
  fileResults: [
    { filename: `rec/${encodeURIComponent(person.identity)}.mp4`, location: `s3://b/${person.identity}.mp4` },
  ],
  ...more,
});
const job = {
  id: 'AJ_1',
  room: call,
  participant: her('PA_1'),
  metadata: `dial ${phone}`,
  state: { startedAt: `${seconds(1)}000000000` },
};

const history: Event[] = [
  { event: 'room_started', minute: 0, room: call },
  { event: 'participant_joined', minute: 1, room: call, participant: her('PA_1') },
  { event: 'agent_job_started', minute: 1, job },
  {
    event: 'track_published',
    minute: 2,
    room: call,
    participant: her('PA_1'),
    track: { sid: 'TR_1', name: `${phone}-mic` },
  },
  { event: 'participant_left', minute: 9, room: call, participant: her('PA_1') },
  { event: 'room_finished', minute: 10, room: call },
  { event: 'room_started', minute: 0, room: meeting },
  { event: 'participant_joined', minute: 1, room: meeting, participant: her('PA_2') },
  { event: 'participant_joined', minute: 1, room: meeting, participant: bob },
  { event: 'participant_joined', minute: 3, room: meeting, participant: { ...her('PA_3'), joinedAt: seconds(3) } },
  { event: 'egress_started', minute: 2, egressInfo: recording() },
  {
    event: 'ingress_started',
    minute: 4,
    ingressInfo: {
      ingressId: 'IN_1',
      name: 'camera',
      roomName: 'meeting',
      participantIdentity: person.identity,
      participantName: person.name,
      state: { resourceId: 'res_1', startedAt: `${seconds(4)}000000000` },
    },
  },
  // Kept with a problem.
  { event: 'participant_waved', minute: 5, room: meeting, participant: her('PA_2') },
  {
    event: 'participant_joined',
    minute: 1,
    room: { sid: 'RM_other', name: 'other' },
    participant: { ...bob, sid: 'PA_other', metadata: '' },
  },
];

async function ask<T>(query: string): Promise<T> {
  const { data, errors } = await service.query<T>(query);
  expect(errors).toBeUndefined();
  return data;
}

/** Every row of every table that holds such a text. */
async function holding(texts: readonly string[]): Promise<string[]> {
  const { rows: tables } = await service.database.queries.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await service.database.queries.query<{ row: string }>(
      `select to_json(t)::text as row from ${name} t`,
    );
    found.push(
      ...rows
        .filter(({ row }) => texts.some((text) => row.includes(text)))
        .map(({ row }) => `${name}: ${texts.filter((text) => row.includes(text)).join(', ')} in ${row.slice(0, 150)}`),
    );
  }
  return found;
}

const usage = `{ usage(meter: PARTICIPANT, from: "2026-11-24T00:00:00Z", to: "2026-11-25T00:00:00Z", groupBy: [{field: PARTICIPANT_KIND}]) {
  group { value } seconds sessions identities peakConcurrency uncertainSeconds } }`;

it('says what it would erase, and changes nothing', async () => {
  const before = await dumpTables(service.database);
  const report = await lookAt(service.database, { project: 'default', identity: person.identity }, now());
  expect(report).toMatchObject({ sessions: 3, events: 0, short: [] });
  expect([...report.renamed.keys()]).toEqual([`call-_${phone}_x7`]);
  expect(await dumpTables(service.database)).toEqual(before);
});

it('leaves none of the texts in any table, and keeps every minute', async () => {
  const before = await ask(usage);
  expect(await holding(telling)).not.toEqual([]);
  const selection = { project: 'default', attribute: { path: 'sip.phoneNumber', value: phone } };
  const report = await erase(service.database, { selection, by: 'dpo', now: now(), archive: null });
  expect(report).toMatchObject({ sessions: 3, events: 13 });
  expect(await holding(telling)).toEqual([]);
  expect(await ask(usage)).toEqual(before);
  expect(await verify(service.database.url)).toMatchObject({ differing: 0, marks: 0, differences: [] });
});

interface Listed {
  readonly participants: { nodes: { id: string; identity: string; roomName: string }[] };
}

it('calls the person by one name in all her sessions, and leaves others as they were', async () => {
  const fields = 'id identity name metadata attributes roomName';
  const { participants } = await ask<Listed>(`{ participants { nodes { ${fields} } } }`);
  const { nodes } = participants;
  const hers = nodes.filter(({ id }) => ['PA_1', 'PA_2', 'PA_3'].includes(id));
  const [{ identity } = { identity: '' }] = hers;
  expect(identity).toMatch(/^erased-[0-9a-f]{16}$/);
  expect(hers.map((one) => ({ ...one, roomName: undefined }))).toEqual(
    hers.map(({ id }) => ({ id, identity, name: identity, metadata: null, attributes: {}, roomName: undefined })),
  );
  expect(nodes.find(({ id }) => id === 'PA_1')?.roomName).toMatch(/^call-_erased-[0-9a-f]{16}_x7$/);
  expect(nodes.find(({ id }) => id === 'PA_other')).toMatchObject({ identity: 'bob', name: 'Bob', roomName: 'other' });
});

it('recognises what arrives late or again, by session and before the erasure by identity', async () => {
  const late: Event[] = [
    { event: 'participant_left', minute: 20, room: meeting, participant: her('PA_2') },
    {
      event: 'track_published',
      minute: 6,
      room: call,
      participant: her('PA_1'),
      track: { sid: 'TR_2', name: `${phone} cam` },
    },
    {
      event: 'egress_ended',
      minute: 21,
      egressInfo: recording({ status: 'EGRESS_COMPLETE', endedAt: `${seconds(20)}000000000` }),
    },
    // A session that nobody had heard of, in a room of its own; then only its sid tells.
    {
      event: 'participant_joined',
      minute: 7,
      room: room('RM_late', 'late room'),
      participant: { ...her('PA_late'), joinedAt: seconds(7) },
    },
    {
      event: 'participant_left',
      minute: 700,
      room: room('RM_late', 'late room'),
      participant: { sid: 'PA_late', name: person.name },
    },
    // Another call of the same name, begun before.
    { event: 'room_started', minute: 11, room: { ...call, sid: 'RM_call2', creationTime: seconds(11) } },
  ];
  for (const event of late) {
    const body = await tell(event);
    await service.deliver(body);
  }
  await service.deliver(JSON.stringify({ id: 'EV_1', createdAt: seconds(1), ...history[1], minute: undefined }));
  expect(await holding(telling)).toEqual([]);
  const { rows } = await service.database.queries.query(
    `select room_name from room where sid in ('RM_call', 'RM_call2')`,
  );
  expect(new Set(rows.map(({ room_name }) => room_name)).size).toBe(1);
  expect(await verify(service.database.url)).toMatchObject({ differing: 0, marks: 0 });
});

it('takes the same identity in a later session for a new person', async () => {
  const joinedAt = seconds(601);
  await tell({ event: 'participant_joined', minute: 601, room: meeting, participant: { ...her('PA_new'), joinedAt } });
  const { participant } = await ask<{ participant: object }>('{ participant(sid: "PA_new") { identity name } }');
  expect(participant).toEqual({ identity: person.identity, name: person.name });
});

it('still holds after a rebuild', async () => {
  const before = await dumpTables(service.database);
  await rebuild(service.database.url);
  expect(await dumpTables(service.database)).toEqual(before);
});

it('refuses without the key, and with another one', async () => {
  const { url } = service.database;
  const selection = { project: 'default', identity: 'bob' };
  for (const [key, message] of [
    [null, /Set ERASURE_KEY/],
    ['another key of at least thirty-two characters', /with another ERASURE_KEY/],
  ] as const) {
    const database = new Database(url, 10_000, { erasureKey: key });
    await expect(erase(database, { selection, by: 'dpo', now: now(), archive: null })).rejects.toThrow(message);
    await database.onApplicationShutdown();
  }
});
