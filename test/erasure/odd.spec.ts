import { afterAll, beforeAll, expect, it } from 'vitest';
import { erase } from '../../src/erasing/erase.js';
import { verify } from '../../src/rebuild/verify.js';
import { type Service, startService } from '../support/service.js';

const began = Math.floor(Date.now() / 1000) - 3600;

let service: Service;
beforeAll(async () => {
  service = await startService({ settings: { erasureKey: 'a key of at least thirty-two characters' } });
});
afterAll(() => service.stop());

let told = 0;
function tell(event: string, content: object): Promise<void> {
  const [id, createdAt] = [`EV_${told}`, String(began + told++)];
  return service.deliver(JSON.stringify({ event, id, createdAt, ...content }));
}

/** As languages write it that keep to ASCII. */
function inAscii(value: unknown): string {
  const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replaceAll(/[^\x20-\x7e]/g, escaped);
}

async function history(n: number, identity: string, roomName: string): Promise<void> {
  const at = `${began + 3}000000000`;
  const room = { sid: `RM_${n}`, name: roomName, creationTime: String(began) };
  const her = { sid: `PA_${n}`, identity, joinedAt: String(began + 1), attributes: { me: identity } };
  const [metadata, attributes] = [inAscii({ by: identity, tenant: 'a' }), { hostId: identity, [identity]: 'host' }];
  const friend = { sid: `PA_friend${n}`, identity: 'friend', joinedAt: String(began + 1), metadata, attributes };
  await tell('participant_joined', { room, participant: her });
  await tell('participant_joined', { room, participant: friend });
  const track = { sid: `TR_${n}`, source: 'CAMERA', stream: identity };
  await tell('track_published', { room, participant: her, track });
  const egressInfo = { egressId: `EG_${n}`, roomId: room.sid, roomName, status: 'EGRESS_ACTIVE', startedAt: at };
  await tell('egress_started', { egressInfo: { ...egressInfo, participant: { identity } } });
  const state = { resourceId: `RS_${n}`, roomId: room.sid, startedAt: at };
  await tell('ingress_started', {
    ingressInfo: { ingressId: `IN_${n}`, participantIdentity: identity, participantName: identity, state },
  });
  const job = { id: `AJ_${n}`, room, participant: her, metadata, state: { startedAt: at } };
  await tell('agent_job_started', { job });
}

/** All that is stored of a history, with the texts in JSON of JSON. */
async function stored(n: number): Promise<[field: string, text: string][]> {
  const tables = ['webhook_event', 'room', 'participant', 'track', 'egress', 'ingress_session', 'agent_job'];
  const rows = tables.map((table) => `select to_json(t) as row from ${table} t where to_json(t)::text ~ $1`);
  const { rows: found } = await service.database.queries.query(rows.join(' union all '), [
    `"(RM|PA|TR|EG|RS|AJ)_(friend)?${n}"`,
  ]);
  return found.flatMap(({ row }) => [...textsOf(row)]);
}

function* textsOf(value: unknown, field = ''): Generator<[string, string]> {
  if (typeof value === 'string') {
    yield [field, value];
    if (/^[{["]/.test(value)) yield* textsOf(JSON.parse(value), field);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, item] of Object.entries(value))
      yield* [[field, name] as [string, string], ...textsOf(item, name)];
  }
}

const ofProtocol = /^(event|status|state|source|kind|type)$/;

it.each([
  'a"bcd',
  'CORP\\ada',
  'Jürgen Groß',
  '😀ada',
  '100%_x',
  'CAMERA',
  'ACTIVE',
  'STANDARD',
  'ROOM',
  '12345',
  'RM_0',
  'participant_joined',
  'erased',
  ' lead ',
  "o'hara; drop",
])('leaves nothing of %j, alone or beside other words', { timeout: 60_000 }, async (identity) => {
  const [alone, beside] = [told, told + 1000];
  await history(alone, identity, identity);
  await history(beside, identity, `call with ${identity}`);
  const selection = { project: 'default', identity };
  const request = { selection, by: 'tests', archive: null };
  await erase(service.database, { ...request, now: Date.now() });
  for (const n of [alone, beside]) {
    const pseudonym = /erased-[0-9a-f]{16}/g;
    const left = (await stored(n)).filter(([, text]) => text.replaceAll(pseudonym, '').includes(identity));
    expect(left.filter(([field]) => !ofProtocol.test(field))).toEqual([]);
  }
  expect(await verify(service.database.url)).toMatchObject({ differing: 0, differences: [] });
  const again = await erase(service.database, { ...request, now: Date.now() });
  expect(again).toMatchObject({ sessions: 0, events: 0 });
});

it.each(['x', '0', 'bob', 'é'])('erases %j wherever it is an identity', async (identity) => {
  const n = told;
  await history(n, identity, 'meeting');
  const selection = { project: 'default', identity };
  await erase(service.database, { selection, by: 'tests', now: Date.now(), archive: null });
  const identities = (await stored(n)).filter(([field]) => /identity$|participantName/i.test(field));
  expect(identities.filter(([, text]) => text === identity)).toEqual([]);
  expect(await verify(service.database.url)).toMatchObject({ differing: 0, differences: [] });
});

it.each([
  ['+49301234567', '49301234567'],
  ['ann/lee', 'ann%2Flee'],
])('keeps rooms apart that are named after %s and %s', async (identity, spelling) => {
  const [one, other] = [told, told + 1000];
  await history(one, identity, `call ${identity}`);
  await history(other, identity, `call ${spelling}`);
  const selection = { project: 'default', identity };
  const { renamed } = await erase(service.database, { selection, by: 'tests', now: Date.now(), archive: null });
  expect(new Set(renamed.values()).size).toBe(2);
  expect(await verify(service.database.url)).toMatchObject({ differing: 0, differences: [] });
});
