import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { record, type Sent } from '../../harness/recorded.js';
import { at, now, Rows } from '../support/rows.js';
import { onCitus } from '../support/citus.js';
import { type Service, startService } from '../support/service.js';

const rooms = Array.from({ length: 30 }, (_, index) => `RM_${String(index).padStart(2, '0')}`);
const minute = (minutes: number): Date => at(`10:${String(minutes).padStart(2, '0')}:00`);

let service: Service;
let statements: Sent[] = [];
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  await insert(new Rows(service.database));
  statements = record(service.database.queries);
});
beforeEach(() => {
  statements.length = 0;
});
afterAll(() => service.stop());

/** Room n has n people with three tracks each, three egresses, ingress sessions and jobs, and events of all. */
async function insert(rows: Rows): Promise<void> {
  const each = <T>(make: (room: { roomSid: string; roomName: string }, index: number) => T[]): T[] =>
    rooms.flatMap((roomSid, index) => make({ roomSid, roomName: `room${index}` }, index));
  const three = [0, 1, 2];
  const people = each((room, size) =>
    Array.from({ length: size }, (_, n) => ({
      ...room,
      sid: `PA_${size}_${n}`,
      identity: `i${n}`,
      startedAt: minute(n),
    })),
  );
  await rows.rooms(...rooms.map((sid, index) => ({ sid, roomName: `room${index}` })));
  await rows.participants(...people);
  await rows.tracks(
    ...people.flatMap(({ roomSid, roomName, sid }) =>
      three.map((n) => ({ roomSid, roomName, sid: `TR_${sid}_${n}`, participantSid: sid, startedAt: minute(n) })),
    ),
  );
  await rows.egresses(
    ...each((room, index) => three.map((n) => ({ ...room, egressId: `EG_${index}_${n}`, startedAt: minute(n) }))),
  );
  await rows.ingressSessions(
    ...each((room, index) => three.map((n) => ({ ...room, resourceId: `RT_${index}_${n}`, ingressId: `IN_${index}` }))),
  );
  await rows.agentJobs(...each((room, index) => three.map((n) => ({ ...room, jobId: `AJ_${index}_${n}` }))));
  const ids = each((room, index) =>
    three.map((n) => ({
      ...room,
      egressId: `EG_${index}_0`,
      resourceId: `RT_${index}_0`,
      jobId: `AJ_${index}_0`,
      participantSid: `PA_${index}_0`,
      id: `EV_${index}_${n}`,
    })),
  );
  await rows.events(...ids, { id: 'EV_nameless', roomSid: 'RM_07', roomName: null });
}

interface List {
  readonly nodes: { readonly id: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly endCursor: string | null;
  };
  readonly totalCount: { readonly value: number; readonly precision: string };
}

const page =
  'nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount(limit: 20) { value precision }';

async function ask<T>(query: string): Promise<T> {
  const { data, errors } = await service.query<T>(query);
  expect(errors).toBeUndefined();
  return data;
}

const oldest = (args: string): string =>
  `participants(orderBy: {field: JOINED_AT, direction: ASC}, ${args}) { ${page} }`;
const people = (args: string): Promise<{ rooms: { nodes: { participants: List }[] } }> =>
  ask(
    `{ rooms(first: 200, orderBy: {field: NAME, direction: ASC}, filter: {sid: ${JSON.stringify(rooms)}}) { nodes { name ${oldest(args)} } } }`,
  );

describe('lists inside lists', () => {
  it('are a page for each parent', async () => {
    for (const { name, participants } of (await people('first: 3')).rooms.nodes as unknown as {
      name: string;
      participants: List;
    }[]) {
      const size = Number(name.slice(4));
      expect(participants.nodes.map(({ id }) => id)).toEqual(
        ['0', '1', '2'].slice(0, size).map((n) => `PA_${size}_${n}`),
      );
      expect(participants.pageInfo).toMatchObject({ hasNextPage: size > 3, hasPreviousPage: false });
      expect(participants.totalCount).toEqual({
        value: Math.min(size, 20),
        precision: size >= 20 ? 'AT_LEAST' : 'EXACT',
      });
    }
    expect(statements).toHaveLength(3);
  });

  it('are the last page of each parent too', async () => {
    for (const { name, participants } of (await people('last: 2')).rooms.nodes as unknown as {
      name: string;
      participants: List;
    }[]) {
      const size = Number(name.slice(4));
      const last = [size - 2, size - 1].filter((n) => n >= 0).map((n) => `PA_${size}_${n}`);
      expect(participants.nodes.map(({ id }) => id)).toEqual(last);
      expect(participants.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: size > 2 });
    }
  });

  it('continue for all parents after one cursor, and for one parent alike', async () => {
    const [first] = (await people('first: 3')).rooms.nodes.slice(-1);
    const after = `first: 2, after: "${first!.participants.pageInfo.endCursor}"`;
    statements.length = 0;
    const { nodes } = (await people(after)).rooms;
    expect(statements).toHaveLength(4);
    for (const sid of ['RM_02', 'RM_04', 'RM_29']) {
      const { room } = await ask<{ room: { participants: List } }>(`{ room(sid: "${sid}") { ${oldest(after)} } }`);
      const size = Number(sid.slice(3));
      expect(room.participants.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: size === 29 });
      const among = nodes.find(({ participants }) => participants.nodes[0]?.id === room.participants.nodes[0]?.id);
      expect(room.participants.nodes.length).toBe(Math.max(0, Math.min(2, size - 3)));
      expect(size > 3 ? among?.participants : room.participants).toEqual(room.participants);
    }
  });

  it('take their own filters and orders', async () => {
    const args = 'filter: {identity: {in: ["i1", "i2"]}}, orderBy: {field: JOINED_AT, direction: DESC}, first: 1';
    const { rooms: found } = await ask<{ rooms: { nodes: { participants: List }[] } }>(
      `{ rooms(first: 200) { nodes { participants(${args}) { ${page} } } } }`,
    );
    expect(found.nodes.filter(({ participants }) => participants.nodes[0]?.id.endsWith('_2')).length).toBe(27);
    expect(found.nodes.every(({ participants }) => participants.totalCount.value <= 2)).toBe(true);
  });

  it('belong to their parent by sid and room name', async () => {
    const rows = new Rows(service.database);
    await rows.rooms({ sid: 'RM_twice', roomName: 'a' }, { sid: 'RM_twice', roomName: 'b' });
    for (const roomName of ['a', 'b']) {
      await rows.participants({ sid: 'PA_twice', roomSid: 'RM_twice', roomName, identity: roomName });
      await rows.tracks({ sid: `TR_${roomName}`, roomSid: 'RM_twice', participantSid: 'PA_twice', roomName });
    }
    const fields =
      'name participants(first: 9) { nodes { identity room { name } tracks { nodes { id participant { identity } } } } } tracks { nodes { id } }';
    const { rooms: found } = await ask<{ rooms: { nodes: unknown[] } }>(
      `{ rooms(filter: {sid: ["RM_twice"]}, orderBy: {field: NAME, direction: ASC}) { nodes { ${fields} } } }`,
    );
    const expected = ['a', 'b'].map((name) => ({
      name,
      participants: {
        nodes: [
          {
            identity: name,
            room: { name },
            tracks: { nodes: [{ id: `TR_${name}`, participant: { identity: name } }] },
          },
        ],
      },
      tracks: { nodes: [{ id: `TR_${name}` }] },
    }));
    expect(found.nodes).toEqual(expected);
    expect(
      await ask(
        '{ room(sid: "RM_twice") { name } participant(sid: "PA_twice") { identity } node(id: "RM_twice") { ... on Room { name } } }',
      ),
    ).toEqual({
      room: { name: 'a' },
      participant: { identity: 'a' },
      node: { name: 'a' },
    });
  });

  it('bring what their rows point at: of the same name, else the first of the sid, or nothing', async () => {
    const rows = new Rows(service.database);
    await rows.rooms({ sid: 'RM_two', roomName: 'a' }, { sid: 'RM_two', roomName: 'b' });
    const named = { a: 'a', b: 'b', c: 'a', none: 'a' };
    for (const roomName of Object.keys(named)) {
      await rows.egresses({
        egressId: `EG_${roomName}`,
        roomSid: 'RM_two',
        roomName: roomName === 'none' ? null : roomName,
      });
    }
    await rows.egresses(
      { egressId: 'EG_lost', roomSid: 'RM_lost', roomName: 'a' },
      { egressId: 'EG_roomless', roomSid: null },
    );
    const ids = [...Object.keys(named), 'lost', 'roomless'].map((name) => `"EG_${name}"`);
    const { egresses } = await ask<{ egresses: { nodes: { egressId: string; room: unknown; again: unknown }[] } }>(
      `{ egresses(filter: {egressId: [${ids}]}) { nodes { egressId room { name } again: room { sid participants { nodes { id } } } } } }`,
    );
    const room = { sid: 'RM_two', participants: { nodes: [] } };
    expect(egresses.nodes.toSorted((a, b) => a.egressId.localeCompare(b.egressId))).toEqual(
      [
        ...Object.entries(named).map(([name, found]) => ({
          egressId: `EG_${name}`,
          room: { name: found },
          again: room,
        })),
        { egressId: 'EG_roomless', room: null, again: null },
        { egressId: 'EG_lost', room: null, again: null },
      ].toSorted((a, b) => a.egressId.localeCompare(b.egressId)),
    );
  });

  it('of events hold those that name no room', async () => {
    const { rooms: found } = await ask<{ rooms: { nodes: { events: List }[] } }>(
      `{ rooms(filter: {sid: ["RM_07", "RM_08"]}) { nodes { events { ${page} } } } }`,
    );
    expect(found.nodes.map(({ events }) => events.nodes.length).sort()).toEqual([3, 4]);
  });
});

describe.skipIf(onCitus)(
  'a query costs a statement for each list, which brings what its rows point at, and each look-up',
  () => {
    const every = `participants { ${page} } tracks { ${page} } egresses { ${page} } ingressSessions { ${page} } agentJobs { ${page} } events { ${page} }`;
    it.each([
      ['lists of every kind in a room', `{ rooms { nodes { ${every} } } }`, 13],
      [
        'what rooms count',
        '{ rooms { nodes { recording peakParticipantCount identityCount participantSeconds participantCount } } }',
        4,
      ],
      [
        'three levels',
        '{ rooms(first: 200) { nodes { participants(first: 20) { nodes { tracks(first: 5) { nodes { sid } } } } } } }',
        3,
      ],
      [
        'three levels of edges',
        '{ rooms { edges { node { participants(first: 9) { edges { cursor node { tracks { edges { node { sid } } } } } } } } } }',
        3,
      ],
      [
        'pointers up',
        '{ tracks(first: 200) { nodes { room { name participants(first: 1) { nodes { id } } } participant { identity room { sid } } } } }',
        3,
      ],
      [
        'events of all',
        '{ participants { nodes { events { nodes { id } } } } egresses { nodes { events { nodes { id } } } } }',
        4,
      ],
      [
        'more events',
        '{ ingressSessions { nodes { events { nodes { id } } } } agentJobs { nodes { events { nodes { id } } room { sid } } } }',
        4,
      ],
      [
        'nodes',
        '{ nodes(ids: ["RM_01", "PA_2_0", "TR_PA_2_0_0", "EG_1_0", "RT_1_0", "AJ_1_0", "EV_1_0", "none"]) { id } }',
        8,
      ],
      ['a count', '{ rooms { totalCount { value } } }', 1],
      ['an empty page', '{ rooms { __typename } }', 0],
      [
        'a first page and what follows',
        '{ rooms(first: 3) { nodes { sid } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }',
        1,
      ],
    ])('%s', async (_what, query, expected) => {
      for (const _again of [1, 2, 3]) {
        statements.length = 0;
        await ask(query);
        expect(statements).toHaveLength(expected);
      }
    });

    it('and reads only the columns that it shows', async () => {
      await ask('{ webhookEvents { nodes { id } } tracks { nodes { sid } } }');
      expect(statements.map(({ text }) => text).join()).not.toMatch(/payload|info/);
    });

    it('and of a row that points at one, nothing but what it shows', async () => {
      await ask('{ tracks { nodes { type participant { sid } room { name } } } }');
      const [, shown] = /^select (.*?) from \(/.exec(statements[0]!.text) ?? [];
      expect(shown).toBe('page."type", room.*, participant.*');
      expect(statements[0]!.text).toContain('(select sid as "participant.sid" from participant');
    });
  },
);
