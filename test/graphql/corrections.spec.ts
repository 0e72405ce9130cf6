import { afterAll, beforeAll, expect, it } from 'vitest';
import { close, reopen } from '../../src/upkeep/corrections.js';
import { type Service, startService } from '../support/service.js';

const began = Date.UTC(2026, 10, 24, 10);
const at = (minutes: number): number => began + minutes * 60_000;
const iso = (minutes: number): string => new Date(at(minutes)).toISOString();

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => at(120) } });
  await joins('RM_1', 'daily', 'PA_1');
  await joins('RM_2', 'weekly', 'PA_2');
  await joins('RM_2', 'weekly', 'PA_3');
  await decide('PA_1', 60, { end: 30, by: 'ann', reason: 'crashed' });
  await decide('PA_1', 61, { end: 40, by: 'bob', reason: 'later than that' });
  await decide('PA_1', 62, { end: null, by: 'ann', reason: 'was alive' });
  await decide('PA_2', 63, { end: 30, by: 'ann', reason: 'nobody left' });
  await decide('PA_3', 64, { end: 30, by: 'ann', reason: 'nobody left' });
  await decide('RM_1', 65, { end: 50, by: 'ann', reason: 'node died' });
  await tell('participant_left', 20, { room: room('RM_2', 'weekly'), participant: person('PA_2') });
  await tell('participant_joined', 70, { room: room('RM_2', 'weekly'), participant: person('PA_3') });
});
afterAll(() => service.stop());

const seconds = (minutes: number): string => String(at(minutes) / 1000);
const room = (sid: string, name: string): object => ({ sid, name, creationTime: seconds(0) });
const person = (sid: string): object => ({ sid, identity: `${sid} in person`, joinedAt: seconds(0) });

function tell(event: string, minutes: number, more: object): Promise<void> {
  const id = `EV_${event}_${JSON.stringify(more).length}_${minutes}`;
  return service.deliver(JSON.stringify({ event, id, createdAt: seconds(minutes), ...more }));
}

function joins(sid: string, name: string, who: string): Promise<void> {
  const more = { room: room(sid, name), participant: person(who) };
  return service.deliver(
    JSON.stringify({ event: 'participant_joined', id: `EV_${who}`, createdAt: seconds(1), ...more }),
  );
}

async function decide(
  id: string,
  minutes: number,
  { end, by, reason }: { end: number | null; by: string; reason: string },
): Promise<void> {
  const decision = { project: 'default', id, by, reason, now: at(minutes) };
  await (end === null ? reopen(service.database, decision) : close(service.database, decision, at(end)));
}

async function ask<T>(query: string, token?: string): Promise<T> {
  const { data, errors } = await service.query<T>(query, {}, token);
  expect(errors).toBeUndefined();
  return data;
}

interface Listed {
  corrections: { nodes: { id: string }[]; pageInfo: { endCursor: string } };
}

it('says who ended which session, when and why, newest first', async () => {
  const fields = 'session { __typename id active endSource } endedAt by reason at undoneAt overridden';
  const open = { active: true, endSource: null };
  const ada = { __typename: 'Participant', id: 'PA_1' };
  const stands = { undoneAt: null, overridden: false };
  const { corrections } = await ask<Listed>(`{ corrections { nodes { ${fields} } totalCount { value } } }`);
  const by = 'ann';
  const gone = { active: false, endSource: 'CASCADED' };
  expect(corrections).toEqual({
    nodes: [
      {
        session: { __typename: 'Room', id: 'RM_1', active: false, endSource: 'OPERATOR' },
        endedAt: iso(50),
        by,
        reason: 'node died',
        at: iso(65),
        ...stands,
      },
      {
        session: { __typename: 'Participant', id: 'PA_3', ...open },
        endedAt: iso(30),
        by,
        reason: 'nobody left',
        at: iso(64),
        ...stands,
        overridden: true,
      },
      {
        session: { __typename: 'Participant', id: 'PA_2', active: false, endSource: 'REPORTED' },
        endedAt: iso(30),
        by,
        reason: 'nobody left',
        at: iso(63),
        ...stands,
        overridden: true,
      },
      {
        session: { ...ada, ...gone },
        endedAt: iso(40),
        by: 'bob',
        reason: 'later than that',
        at: iso(61),
        undoneAt: iso(62),
        overridden: false,
      },
      {
        session: { ...ada, ...gone },
        endedAt: iso(30),
        by,
        reason: 'crashed',
        at: iso(60),
        undoneAt: iso(61),
        overridden: false,
      },
    ],
    totalCount: { value: 5 },
  });
});

it('pages through them', async () => {
  const page = async (args: string): Promise<Listed['corrections']> =>
    (await ask<Listed>(`{ corrections(${args}) { nodes { id } pageInfo { endCursor } } }`)).corrections;
  const whole = (await page('first: 200')).nodes;
  const first = await page('first: 2');
  const rest = await page(`first: 3, after: "${first.pageInfo.endCursor}"`);
  expect([...first.nodes, ...rest.nodes]).toEqual(whole);
  expect(new Set(whole.map(({ id }) => id)).size).toBe(5);
  expect((await page(`last: 1`)).nodes).toEqual(whole.slice(-1));
});

it('finds one by its id', async () => {
  const { corrections } = await ask<Listed>('{ corrections { nodes { id } } }');
  const id = corrections.nodes[0]!.id;
  const fields = '__typename id ... on Correction { by session { ... on Room { name } } }';
  expect(await ask(`{ nodes(ids: ["${id}", "correction:none", "PA_1"]) { ${fields} } }`)).toEqual({
    nodes: [
      { __typename: 'Correction', id, by: 'ann', session: { name: 'daily' } },
      null,
      { __typename: 'Participant', id: 'PA_1' },
    ],
  });
});

it('tells who and why to no token of one room name, and nothing to other projects', async () => {
  const { corrections } = await ask<Listed>('{ corrections { nodes { id } } }');
  const ofRoom = await service.token({ roomAdmin: true, room: 'daily' });
  const refused = await service.query('{ corrections { nodes { by } } }', {}, ofRoom);
  expect([refused.data, refused.errors]).toMatchObject([
    null,
    [{ message: expect.stringMatching(/whole project: this one is of one room/), extensions: { code: 'FORBIDDEN' } }],
  ]);
  const query = `{ node(id: "${corrections.nodes[0]!.id}") { id } }`;
  expect(await ask(query, ofRoom)).toEqual({ node: null });
  const ofAcme = await service.token({ roomList: true }, { key: 'acmekey' });
  expect(await ask(query, ofAcme)).toEqual({ node: null });
  expect(await ask('{ corrections { nodes { id } totalCount { value } } }', ofAcme)).toEqual({
    corrections: { nodes: [], totalCount: { value: 0 } },
  });
});

it('lists findings as events, without who and why', async () => {
  const list = `{ webhookEvents(filter: { event: ["roomledger.corrected"] }) { nodes { id project roomSid payload } } }`;
  interface Events {
    webhookEvents: { nodes: { id: string; payload: { roomledger: object } }[] };
  }
  for (const [grants, count] of [
    [{ roomList: true }, 6],
    [{ roomAdmin: true, room: 'daily' }, 4],
  ] as const) {
    const token = await service.token(grants);
    const { nodes } = (await ask<Events>(list, token)).webhookEvents;
    expect(nodes).toHaveLength(count);
    expect(JSON.stringify(nodes)).not.toMatch(/"by"|"reason"|ann|bob|crashed/);
    expect(nodes[0]!.payload.roomledger).toMatchObject({ kind: 'ROOM', name: 'corrected', endedAt: at(50) });
    const { id } = nodes[0]!;
    const one = await ask<{ webhookEvent: object }>(`{ webhookEvent(id: "${id}") { id payload } }`, token);
    expect(one.webhookEvent).toEqual({ id, payload: nodes[0]!.payload });
  }
});

it('shows an event that LiveKit itself gave such a name as it was sent', async () => {
  const roomledger = { by: 'a stranger', reason: 'none' };
  await tell('roomledger.corrected', 80, { roomledger });
  expect(
    await ask(
      '{ webhookEvents(filter: { projected: false }) { nodes { payload } } corrections(first: 1) { nodes { by } } }',
    ),
  ).toMatchObject({ webhookEvents: { nodes: [{ payload: { roomledger } }] }, corrections: { nodes: [{ by: 'ann' }] } });
});
