import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryPoints, nestedFields } from '../support/every-place.js';
import { withoutHorizons } from '../support/horizons.js';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

const secret = 'SECRET';
const own = ['RM_1', 'PA_1', 'TR_1', 'EG_1', 'RT_1', 'AJ_1', 'EV_1'];
const foreign = own.map((id) => `${id}_foreign`);
const ways = [...entryPoints([...own, ...foreign], 'acme'), ...nestedFields()];

/** One row of every kind whose ids, ending in `suffix`, all belong together. */
async function insert(
  rows: Rows,
  suffix: string,
  { project, roomName }: { project: string; roomName: string | null },
): Promise<void> {
  const room = { project, roomSid: `RM_1${suffix}` };
  const hidden = suffix === '' && project === 'default' && roomName === 'daily' ? {} : { secret };
  const named = { ...room, roomName: roomName ?? 'other' };
  const loose = { ...room, roomName };
  const outputs = [{ kind: 'FILE', filename: JSON.stringify(hidden) }];
  await rows.rooms({
    ...named,
    roomSid: undefined,
    sid: room.roomSid,
    metadataJson: hidden,
    participantCount: 1,
  } as object);
  await rows.participants({
    ...named,
    sid: `PA_1${suffix}`,
    identity: `ann${JSON.stringify(hidden)}`,
    attributes: hidden,
  });
  await rows.tracks({ ...named, sid: `TR_1${suffix}`, participantSid: `PA_1${suffix}`, info: hidden });
  await rows.egresses({ ...loose, egressId: `EG_1${suffix}`, outputs, info: hidden });
  await rows.ingressSessions({ ...loose, resourceId: `RT_1${suffix}`, info: hidden });
  await rows.agentJobs({ ...loose, jobId: `AJ_1${suffix}`, info: hidden });
  const ids = {
    participantSid: `PA_1${suffix}`,
    egressId: `EG_1${suffix}`,
    resourceId: `RT_1${suffix}`,
    jobId: `AJ_1${suffix}`,
  };
  const told = { kind: 'PARTICIPANT', endedAt: 1, decidedAt: 2, by: JSON.stringify(hidden), reason: 'crashed' };
  await rows.events(
    { ...loose, id: `EV_1${suffix}`, ...ids, payload: hidden },
    { ...loose, id: `roomledger:1${suffix}`, event: 'roomledger.corrected', ...ids, payload: { roomledger: told } },
  );
}

interface Case {
  readonly grants: object;
  readonly insertForeign: (rows: Rows) => Promise<void>;
}

/** Rows of the same room sid and of the same people, under another name or none. */
async function insertOtherRooms(rows: Rows): Promise<void> {
  const { prisma } = rows.database;
  const ofPeople = {
    roomSid: 'RM_1',
    participantSid: 'PA_1',
    egressId: 'EG_1',
    resourceId: 'RT_1',
    jobId: 'AJ_1',
    payload: { secret },
  };
  await insert(rows, '_foreign', { project: 'default', roomName: null });
  await rows.rooms({ sid: 'RM_1', roomName: 'a_lesser', metadataJson: { secret } });
  await rows.participants({ sid: 'PA_1', roomName: 'a_lesser', identity: secret });
  await rows.tracks({ sid: 'TR_1', roomName: 'a_lesser', info: { secret } });
  for (const [suffix, roomName] of [
    ['x', 'other'],
    ['y', null],
  ] as const) {
    await rows.egresses({ egressId: `EG_${suffix}`, roomName, info: { secret } });
    await rows.ingressSessions({ resourceId: `RT_${suffix}`, ingressId: 'IN_1', roomName, info: { secret } });
    await rows.agentJobs({ jobId: `AJ_${suffix}`, roomName, info: { secret } });
    await rows.events({ id: `EV_${suffix}`, roomName, ...ofPeople });
  }
  // A second event of the same id, earlier than the own one.
  await rows.events({ id: 'EV_1', roomName: 'other', createdSeconds: 1n, createdAt: new Date(0), payload: { secret } });
  expect(await prisma.webhookEvent.count()).toBeGreaterThan(4);
}

/** What another project says of a room that has nothing of its own. */
async function insertIntoQuiet(rows: Rows, project: string): Promise<void> {
  const ofRoom = { project, roomSid: 'RM_quiet' };
  await rows.egresses({ ...ofRoom, egressId: 'EG_quiet', info: { secret } });
  await rows.participants({ ...ofRoom, sid: 'PA_quiet', identity: secret });
}

const cases: Record<string, Case> = {
  'a token of one project': {
    grants: { roomList: true },
    insertForeign: async (rows) => {
      await insert(rows, '', { project: 'acme', roomName: 'daily' });
      await insert(rows, '_foreign', { project: 'acme', roomName: 'daily' });
      await insert(rows, '_nameless', { project: 'acme', roomName: null });
    },
  },
  'a token of one room': {
    grants: { roomAdmin: true, room: 'daily' },
    insertForeign: async (rows) => {
      await insertOtherRooms(rows);
      await rows.egresses({ egressId: 'EG_quiet', roomSid: 'RM_quiet', roomName: null, info: { secret } });
      await insert(rows, '', { project: 'acme', roomName: 'daily' });
    },
  },
};

describe.each(Object.entries(cases))('%s reads nothing else', (_name, { grants, insertForeign }) => {
  let service: Service;
  let token: string;
  const alone = new Map<string, unknown>();

  beforeAll(async () => {
    service = await startService({ clock: { now: () => now } });
    token = await service.token(grants);
    await insert(new Rows(service.database), '', { project: 'default', roomName: 'daily' });
    await new Rows(service.database).rooms({ sid: 'RM_quiet' });
    await new Rows(service.database).countUsage();
    for (const { name, query } of ways) alone.set(name, await service.query(query, {}, token));
    await insertForeign(new Rows(service.database));
    await insertIntoQuiet(new Rows(service.database), 'acme');
    await new Rows(service.database).countUsage();
  });
  afterAll(() => service.stop());

  it.each(ways)('through $name', async ({ name, query }) => {
    const answer = await service.query(query, {}, token);
    const refused = 'room' in grants && /^{ (?:corrections|erasures)/.test(query) ? ['FORBIDDEN'] : undefined;
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(refused);
    expect(JSON.stringify(answer)).not.toContain(secret);
    expect(JSON.stringify(answer.data)).not.toContain('_foreign');
    expect(withoutHorizons(answer)).toEqual(withoutHorizons(alone.get(name)));
  });

  it('and all of its own', async () => {
    const { data } = await service.query<{ nodes: { id: string }[] }>(
      `{ nodes(ids: ${JSON.stringify(own)}) { id } }`,
      {},
      token,
    );
    expect(data.nodes.map(({ id }) => id)).toEqual(own);
  });

  it('through what is counted and filtered by other rows', async () => {
    const filters: [filter: string, sids: string[]][] = [
      ['recording: true', ['RM_1']],
      ['recording: false', ['RM_quiet']],
      ['identity: "ann{}"', ['RM_1']],
      [`identity: "${secret}"`, []],
      ['name: {contains: "DAIL"}, active: true', ['RM_quiet', 'RM_1']],
      ['name: {contains: "O"}, active: true', []],
      ['name: {notIn: ["daily"]}', []],
      [`metadata: {path: "secret", eq: "${secret}"}`, []],
    ];
    for (const [filter, sids] of filters) {
      const query = `{ rooms(filter: {${filter}}) { nodes { sid name } totalCount { value } } }`;
      const nodes = sids.map((sid) => ({ sid, name: 'daily' }));
      const { data } = await service.query(query, {}, token);
      expect(data).toEqual({ rooms: { nodes, totalCount: { value: nodes.length } } });
    }
  });

  it("through another token's cursor", async () => {
    const theirs = await service.token({ roomList: true }, { key: 'acmekey' });
    const list = '(orderBy: {field: STARTED_AT, direction: ASC}';
    const rooms = await service.query<{ rooms: { edges: { cursor: string }[] } }>(
      `{ rooms${list}) { edges { cursor } } }`,
      {},
      theirs,
    );
    for (const { cursor } of rooms.data.rooms.edges) {
      const page = `{ rooms${list}, after: "${cursor}") { nodes { project name } pageInfo { hasPreviousPage } } }`;
      expect(JSON.stringify(await service.query(page, {}, token))).not.toMatch(/acme|_foreign|other/);
    }
    expect(rooms.data.rooms.edges.length).toBeGreaterThan(0);
  });
});
