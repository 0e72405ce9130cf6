import { AccessToken } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
const ended = { endSource: 'REPORTED' };
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  await rows.rooms(
    { sid: 'RM_1', roomName: 'daily', startedAt: at('10:00:00'), participantCount: 1, participantSessionCount: 3 },
    {
      sid: 'RM_2',
      roomName: 'weekly',
      startedAt: new Date('2026-11-01T23:59:59Z'),
      endedAt: new Date('2026-11-02T01:00:00Z'),
      ...ended,
    },
    {
      sid: 'RM_3',
      roomName: 'old',
      startedAt: new Date('2025-01-01T00:00:00Z'),
      endedAt: new Date('2025-01-01T01:00:00Z'),
      ...ended,
    },
    { sid: 'RM_acme', roomName: 'daily', project: 'acme', startedAt: at('10:00:00') },
  );
  const left = { state: 'LEFT', ...ended };
  await rows.participants(
    {
      sid: 'PA_1',
      identity: 'ann',
      name: 'Ann',
      startedAt: at('10:00:00'),
      endedAt: at('10:00:30'),
      ...left,
      region: 'eu',
    },
    { sid: 'PA_2', identity: 'ann', name: 'Ann B', startedAt: at('10:01:00') },
    { sid: 'PA_3', identity: 'bob', startedAt: at('10:00:00'), endedAt: at('10:02:00'), ...left },
    {
      sid: 'PA_4',
      identity: 'cat',
      startedAt: at('10:00:00'),
      endedAt: at('10:00:00'),
      state: 'ABORTED',
      counted: false,
      ...ended,
    },
  );
  await rows.tracks(
    { sid: 'TR_1', participantSid: 'PA_1', source: 'CAMERA' },
    { sid: 'TR_2', participantSid: 'PA_2', source: 'SCREEN_SHARE_AUDIO' },
  );
  await rows.egresses(
    { egressId: 'EG_1' },
    { egressId: 'EG_2', roomSid: 'RM_2', roomName: 'weekly', endedAt: at('11:00:00'), ...ended },
  );
});
afterAll(() => service.stop());

/** As LiveKit's documentation makes one, but for its times, which are this test's. */
async function cloudToken(key = 'devkey'): Promise<string> {
  const token = new AccessToken(key, service.settings.keys.get(key)!.secret, { ttl: 60 * 60 * 24 });
  token.addGrant({ roomList: true });
  const made = await token.toJwt();
  const claims = JSON.parse(Buffer.from(made.split('.')[1]!, 'base64url').toString()) as { video: object };
  return service.sign({ video: claims.video }, { key });
}

interface Answer {
  readonly status: number;
  readonly body: { readonly sessions: readonly { readonly sessionId: string; readonly egress: number }[] };
}

async function ask(path: string, token?: string): Promise<Answer> {
  const headers = { Authorization: `Bearer ${token ?? (await cloudToken())}`, 'Content-Type': 'application/json' };
  const response = await fetch(`${service.url}/api/project/${path}`, { method: 'GET', headers });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
const idsOf = async (parameters: string): Promise<string[]> =>
  (await ask(`p_123/sessions${parameters}`)).body.sessions.map(({ sessionId }) => sessionId);

describe("LiveKit Cloud's Analytics API", () => {
  it('lists sessions field by field, with and without a slash at the end', async () => {
    const answer = await ask('p_123/sessions/');
    expect(answer.status).toBe(200);
    expect(answer.body.sessions).toHaveLength(3);
    expect(answer.body.sessions[0]).toEqual({
      sessionId: 'RM_1',
      roomName: 'daily',
      createdAt: '2026-11-24T10:00:00.000Z',
      endedAt: null,
      lastActive: '2026-11-24T10:00:00.000Z',
      bandwidthIn: null,
      bandwidthOut: null,
      egress: 1,
      numParticipants: 2,
      numActiveParticipants: 1,
      connectionCounts: null,
    });
    expect(answer.body.sessions.map(({ egress }) => egress)).toEqual([1, 2, 0]);
    expect(await ask('p_123/sessions')).toEqual(answer);
  });

  it('pages, from 0, and has no limit of seven days', async () => {
    expect(await idsOf('?limit=2')).toEqual(['RM_1', 'RM_2']);
    expect(await idsOf('?limit=2&page=1')).toEqual(['RM_3']);
    expect(await idsOf('?limit=3&page=1')).toEqual([]);
    expect(await idsOf('?limit=1&page=7')).toEqual([]);
    expect(await idsOf('?limit=1000&page=0')).toEqual(['RM_1', 'RM_2', 'RM_3']);
  });

  it('lists the sessions that began from start to end, both days included', async () => {
    expect(await idsOf('?start=2026-11-01&end=2026-11-01')).toEqual(['RM_2']);
    expect(await idsOf('?start=2026-11-02')).toEqual(['RM_1']);
    expect(await idsOf('?end=2025-01-01')).toEqual(['RM_3']);
    expect(await idsOf('?start=2026-11-02&end=9999-12-31')).toEqual(['RM_1']);
  });

  it('shows a session field by field', async () => {
    const { status, body } = await ask('default/sessions/RM_1');
    expect(status).toBe(200);
    const untold = {
      location: null,
      connectionType: null,
      connectionTimeMs: null,
      deviceModel: null,
      os: null,
      browser: null,
      sdkVersion: null,
    };
    const nothing = { cameraTrack: false, microphoneTrack: false, screenShareTrack: false, screenShareAudio: false };
    expect(body).toEqual({
      roomId: 'RM_1',
      roomName: 'daily',
      status: 1,
      bandwidth: null,
      startTime: '2026-11-24T10:00:00.000Z',
      endTime: null,
      numParticipants: 2,
      // Half a minute, 119 until now, and two.
      connectionMinutes: 1 + 119 + 2,
      participants: [
        {
          participantIdentity: 'ann',
          participantName: 'Ann B',
          roomId: 'RM_1',
          isActive: true,
          joinedAt: '2026-11-24T10:00:00.000Z',
          leftAt: null,
          region: null,
          ...untold,
          publishedSources: { ...nothing, cameraTrack: true, screenShareAudio: true },
          sessions: [
            { sessionId: 'PA_1', joinedAt: '2026-11-24T10:00:00.000Z', leftAt: '2026-11-24T10:00:30.000Z' },
            { sessionId: 'PA_2', joinedAt: '2026-11-24T10:01:00.000Z', leftAt: null },
          ],
        },
        {
          participantIdentity: 'bob',
          participantName: null,
          roomId: 'RM_1',
          isActive: false,
          joinedAt: '2026-11-24T10:00:00.000Z',
          leftAt: '2026-11-24T10:02:00.000Z',
          region: null,
          ...untold,
          publishedSources: nothing,
          sessions: [{ sessionId: 'PA_3', joinedAt: '2026-11-24T10:00:00.000Z', leftAt: '2026-11-24T10:02:00.000Z' }],
        },
      ],
    });
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'limit=1&limit=2',
    'page=-1',
    'limit=100&page=1001',
    'start=yesterday',
    'end=2026-13-01',
    'start=2026-02-30',
  ])('refuses %s', async (parameters) => {
    expect(await ask(`p_123/sessions?${parameters}`)).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } });
  });

  it("shows a token's own project only", async () => {
    const acme = await cloudToken('acmekey');
    expect((await ask('acme/sessions', acme)).body.sessions).toMatchObject([{ sessionId: 'RM_acme' }]);
    expect((await ask('p_1/sessions', acme)).body.sessions).toMatchObject([{ sessionId: 'RM_acme' }]);
    for (const path of ['default/sessions', 'nobody/sessions', 'acme/sessions/RM_1', 'p_1/sessions/RM_1']) {
      expect(await ask(path, acme), path).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  });

  it('shows one room to a token of one room, and nothing without a token', async () => {
    const token = service.readToken('weekly');
    expect((await ask('default/sessions', token)).body.sessions).toMatchObject([{ sessionId: 'RM_2' }]);
    expect((await ask('default/sessions/RM_1', token)).status).toBe(404);
    expect(await ask('default/sessions', 'x')).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });
});
