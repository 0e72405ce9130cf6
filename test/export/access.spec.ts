import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionLists } from '../../src/export/lists.js';
import { meters } from '../../src/usage/meters.js';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

const secret = 'SECRET';
const origin = 'https://example.com';
const range = 'from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z';
const foreign = encodeURIComponent('{"project":"acme"}');
const ways = [...sessionLists.keys()].flatMap((list) => [
  `${list}.csv`,
  `${list}.jsonl`,
  `${list}.jsonl?${range}`,
  `${list}.jsonl?filter=${foreign}`,
]);
const joined = encodeURIComponent('id,roomMetadata:secret');
const events = ['webhookEvents.csv', 'webhookEvents.jsonl', `webhookEvents.jsonl?filter=${foreign}`];
const columns = [...sessionLists.keys()].map((list) => `${list}.jsonl?fields=${joined}`);
const attributes = ['participants', 'tracks'].map((list) => `${list}.csv?fields=id,attribute:secret`);
const groupBy = encodeURIComponent('[{"field":"ROOM_NAME"},{"roomMetadata":"secret"}]');
const usages = Object.keys(meters).flatMap((meter) => [
  `usage.csv?meter=${meter}&${range}`,
  `usage.jsonl?meter=${meter}&${range}&groupBy=${groupBy}`,
  `usage.jsonl?meter=${meter}&${range}&filter=${foreign}`,
  `usage.jsonl?meter=${meter}&${range}&groupBy=${groupBy}&top=${encodeURIComponent('{"by":"SESSIONS","first":1,"others":true}')}`,
]);
const all = [...ways, ...events, ...columns, ...attributes, ...usages];

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now }, settings: { corsOrigins: [origin] } });
});
afterAll(() => service.stop());

async function get(file: string, token?: string, more: RequestInit = {}): Promise<Response> {
  const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...more.headers };
  return fetch(`${service.url}/export/${file}`, { ...more, headers });
}

/** As a browser does: with a link made for it, and without a header. */
async function download(file: string, token: string): Promise<Response> {
  const { url } = (await (await get(file, token, { method: 'POST' })).json()) as { url: string };
  return fetch(new URL(url, `${service.url}/export/${file}`));
}

async function insert(rows: Rows, scope: { project: string; roomName: string }, suffix: string): Promise<void> {
  const hidden = suffix === '' ? {} : { secret };
  const room = { ...scope, roomSid: `RM_1${suffix}` };
  await rows.rooms({ ...scope, sid: room.roomSid, metadataJson: hidden, participantCount: 1 });
  await rows.participants({ ...room, sid: `PA_1${suffix}`, identity: `ann${suffix}`, attributes: hidden });
  await rows.tracks({ ...room, sid: `TR_1${suffix}`, participantSid: `PA_1${suffix}`, info: hidden });
  await rows.egresses({ ...room, egressId: `EG_1${suffix}`, info: hidden });
  await rows.ingressSessions({ ...room, resourceId: `RT_1${suffix}`, info: hidden });
  await rows.agentJobs({ ...room, jobId: `AJ_1${suffix}`, info: hidden });
  await rows.events({ ...room, id: `EV_1${suffix}`, payload: hidden });
  await rows.countUsage();
}

describe('an export is refused as GraphQL refuses', () => {
  it.each(['rooms.csv', 'usage.jsonl', 'nothing.csv'])('%s', async (file) => {
    const stranger = await get(file);
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await stranger.json()).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('Bearer'),
    });
    const forged = await get(file, `${await service.token({ roomList: true })}x`);
    expect([forged.status, await forged.json()]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
    const guest = await get(file, await service.token({ roomJoin: true, room: 'daily' }));
    expect([guest.status, await guest.json()]).toMatchObject([403, { code: 'FORBIDDEN' }]);
  });

  it('and is not found where there is none', async () => {
    const token = await service.token({ roomList: true });
    for (const file of ['corrections.csv', 'rooms.xml', 'rooms', 'toString.csv', 'usage.csv.jsonl']) {
      const answer = await get(file, token);
      expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
    }
  });
});

describe('a page of', () => {
  const preflight = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' };

  it('an allowed origin may read exports', async () => {
    const asked = await get('rooms.csv', undefined, { method: 'OPTIONS', headers: { origin, ...preflight } });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization');
    for (const token of [await service.token({ roomList: true }), undefined]) {
      const { headers } = await get('rooms.csv', token, { headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('vary')).toMatch(/^Origin\b/);
    }
  });

  it('another may not', async () => {
    const other = { origin: 'https://evil.example' };
    const asked = await get('rooms.csv', undefined, { method: 'OPTIONS', headers: { ...other, ...preflight } });
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, null]);
    const { headers } = await get('rooms.csv', await service.token({ roomList: true }), { headers: other });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

const cases: Record<string, [grants: object, foreign: { project: string; roomName: string }]> = {
  'a token of one project': [{ roomList: true }, { project: 'acme', roomName: 'daily' }],
  'a token of one room': [
    { roomAdmin: true, room: 'daily' },
    { project: 'default', roomName: 'other' },
  ],
};

describe.each(Object.entries(cases))('%s reads nothing else', (_name, [grants, scope]) => {
  const alone = new Map<string, string>();
  let token: string;
  beforeAll(async () => {
    token = await service.token(grants);
    const { prisma } = service.database;
    for (const table of [
      prisma.room,
      prisma.participant,
      prisma.track,
      prisma.egress,
      prisma.ingressSession,
      prisma.agentJob,
      prisma.webhookEvent,
    ])
      await (table.deleteMany as () => Promise<unknown>)();
    await insert(new Rows(service.database), { project: 'default', roomName: 'daily' }, '');
    for (const way of all) alone.set(way, await (await get(way, token)).text());
    await insert(new Rows(service.database), scope, '_foreign');
  });

  it.each(all)('through %s', async (way) => {
    for (const answer of [await get(way, token), await download(way, token)]) {
      const text = await answer.text();
      expect(answer.status).toBe(200);
      expect(text).not.toMatch(/SECRET|_foreign|acme/);
      expect(text).toBe(alone.get(way));
    }
  });

  it('and all of its own', async () => {
    for (const way of [...ways, ...events].filter((one) => !one.includes('filter')))
      expect(await (await get(way, token)).text()).toContain('_1');
  });
});
