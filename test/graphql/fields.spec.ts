import { buildSchema, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdl } from '../../src/graphql/sdl.js';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

const ended = {
  startedAt: at('10:00:00.123'),
  endedAt: at('10:01:00.456'),
  startSource: 'INFERRED',
  endSource: 'CASCADED',
};
const session = { ...ended, endUncertaintyMs: 1500n, lastSeenAt: at('10:00:58') };
const shown = {
  project: 'default',
  roomName: 'daily',
  active: false,
  durationSeconds: 60.333,
  startSource: 'INFERRED',
  endSource: 'CASCADED',
  endUncertaintySeconds: 1.5,
  lastSeenAt: '2026-11-24T10:00:58.000Z',
};
const start = '2026-11-24T10:00:00.123Z';
const end = '2026-11-24T10:01:00.456Z';
const room = { sid: 'RM_1', name: 'daily' };

let service: Service;
let rows: Rows;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  rows = new Rows(service.database);
});
afterAll(() => service.stop());

/** Everything that a type holds itself, and the sids of what it points at. */
function everyField(type: string): string {
  const named = buildSchema(sdl).getType(type);
  if (!isObjectType(named)) throw new Error(`${type} is no object type`);
  const simple = Object.values(named.getFields()).filter(
    ({ type: of }) => !/Connection|^Room|Participant!|EgressOutput!/.test(String(of)),
  );
  return simple.map(({ name }) => name).join(' ');
}

/** As GraphQL's own executor has it, which checks each value; compiled, which does not, it is the same. */
async function one(lookUp: string, fields: string): Promise<unknown> {
  const ask = () => service.query<Record<string, unknown>>(`{ one: ${lookUp} { ${fields} } }`);
  const first = await ask();
  expect([await ask(), await ask()]).toEqual([first, first]);
  expect(first.errors).toBeUndefined();
  return first.data['one'];
}

describe('every field', () => {
  it('of a room', async () => {
    const limits = { emptyTimeoutSeconds: 300, departureTimeoutSeconds: 20, maxParticipants: 100 };
    const metadata = '{"tenant":{"id":7},"__proto__":{"x":1}}';
    const counts = { participantCount: 2, participantSessionCount: 3 };
    await rows.rooms({
      ...session,
      ...limits,
      ...counts,
      endReason: 'ROOM_CLOSED',
      starts: [1795000000n, 1795000060n],
      metadata,
      metadataJson: { tenant: { id: 7 } },
    });
    expect(await one('room(sid: "RM_1")', everyField('Room'))).toEqual({
      ...shown,
      ...limits,
      ...counts,
      id: 'RM_1',
      ...room,
      startedAt: start,
      endedAt: end,
      metadata,
      endReason: 'ROOM_CLOSED',
      restarts: ['2026-11-18T11:07:40.000Z'],
      metadataJson: JSON.parse(metadata) as unknown,
      recording: false,
      peakParticipantCount: 0,
      identityCount: 0,
      participantSeconds: 0,
    });
  });

  it('of a participant', async () => {
    const profile = {
      name: 'Ann',
      kind: 'SIP',
      kindDetails: ['SIMULATION'],
      region: 'eu',
      metadata: '[1]',
      metadataJson: [1],
    };
    const flags = { hidden: true, publisher: true, state: 'LEFT', disconnectReason: 'CLIENT_INITIATED' };
    const own = { ...profile, ...flags, sid: 'PA_1', identity: 'ann', attributes: { 'sip.phoneNumber': '+49' } };
    await rows.participants({ ...session, ...own });
    expect(await one('participant(sid: "PA_1")', `${everyField('Participant')} room { sid name }`)).toEqual({
      ...shown,
      ...own,
      id: 'PA_1',
      joinedAt: start,
      leftAt: end,
      roomSid: 'RM_1',
      room,
    });
  });

  it('of a track', async () => {
    const own = {
      sid: 'TR_1',
      name: 'cam',
      type: 'VIDEO',
      source: 'CAMERA',
      mimeType: 'video/VP8',
      width: 1280,
      height: 720,
    };
    const more = { muted: true, encryption: 'GCM', stream: 'camera', info: { sid: 'TR_1', layers: [{ width: 1 }] } };
    await rows.tracks({ ...session, ...own, ...more });
    const pointers = 'room { sid name } participant { sid identity }';
    expect(await one('track(sid: "TR_1")', `${everyField('Track')} ${pointers}`)).toEqual({
      ...shown,
      ...own,
      ...more,
      id: 'TR_1',
      publishedAt: start,
      unpublishedAt: end,
      roomSid: 'RM_1',
      room,
      participantSid: 'PA_1',
      participant: {
        sid: 'PA_1',
        identity: 'ann',
      },
    });
  });

  it('of an egress', async () => {
    const none = {
      filename: null,
      location: null,
      url: null,
      status: null,
      startedAt: null,
      endedAt: null,
      durationSeconds: null,
    };
    const empty = { ...none, sizeBytes: null, segmentCount: null, imageCount: null, error: null };
    const file = {
      ...empty,
      kind: 'FILE',
      filename: 'a.mp4',
      location: 's3://a.mp4',
      startedAt: start,
      sizeBytes: 5e9,
      durationSeconds: 1.5,
    };
    const stream = { ...empty, kind: 'STREAM', url: 'rtmp://a/{x...y}', status: 'FAILED', error: 'lost' };
    const own = { egressId: 'EG_1', error: 'no space', errorCode: 507, details: 'disk' };
    const info = { egressId: 'EG_1', startedAt: '1764151200123456789' };
    await rows.egresses({
      ...session,
      ...own,
      info,
      outputs: [
        file,
        {
          kind: 'STREAM',
          url: stream.url,
          status: 'FAILED',
          error: 'lost',
        },
      ],
      type: 'ROOM_COMPOSITE',
      status: 'EGRESS_LIMIT_REACHED',
      sourceType: 'EGRESS_SOURCE_TYPE_SDK',
      updatedAt: at('10:02:00'),
    });
    const outputs = `outputs { ${everyField('EgressOutput')} }`;
    expect(await one('egress(egressId: "EG_1")', `${everyField('Egress')} ${outputs} room { sid name }`)).toEqual({
      ...shown,
      ...own,
      info,
      id: 'EG_1',
      startedAt: start,
      endedAt: end,
      roomSid: 'RM_1',
      room,
      outputs: [file, stream],
      type: 'ROOM_COMPOSITE',
      status: 'LIMIT_REACHED',
      sourceType: 'SDK',
      updatedAt: '2026-11-24T10:02:00.000Z',
    });
  });

  it('of an ingress session', async () => {
    const own = {
      ingressId: 'IN_1',
      resourceId: 'RT_1',
      name: 'obs',
      participantIdentity: 'obs',
      error: 'eof',
      transcoding: true,
    };
    const info = { ingressId: 'IN_1' };
    await rows.ingressSessions({ ...session, ...own, info, inputType: 'WHIP_INPUT', status: 'ENDPOINT_COMPLETE' });
    expect(
      await one('ingressSession(resourceId: "RT_1")', `${everyField('IngressSession')} room { sid name }`),
    ).toEqual({
      ...shown,
      ...own,
      info,
      id: 'RT_1',
      startedAt: start,
      endedAt: end,
      roomSid: 'RM_1',
      room,
      inputType: 'WHIP',
      status: 'COMPLETE',
    });
  });

  it('of an agent job', async () => {
    const own = { agentName: 'helper', agentIdentity: 'agent-1', participantIdentity: 'ann', error: 'crash' };
    const info = { id: 'AJ_1' };
    await rows.agentJobs({ ...session, ...own, info, jobId: 'AJ_1', type: 'JT_PUBLISHER', status: 'JS_CANCELLED' });
    expect(await one('agentJob(id: "AJ_1")', `${everyField('AgentJob')} room { sid name }`)).toEqual({
      ...shown,
      ...own,
      info,
      id: 'AJ_1',
      startedAt: start,
      endedAt: end,
      roomSid: 'RM_1',
      room,
      type: 'PUBLISHER',
      status: 'CANCELLED',
    });
  });

  it('of a webhook event', async () => {
    const ids = {
      roomSid: 'RM_1',
      roomName: 'daily',
      participantSid: 'PA_1',
      participantIdentity: 'ann',
      trackSid: 'TR_1',
    };
    const more = {
      egressId: 'EG_1',
      ingressId: 'IN_1',
      resourceId: 'RT_1',
      jobId: 'AJ_1',
      payload: { event: 'new', big: '9007199254740993' },
    };
    const own = { id: 'EV_1', event: 'new', deliveries: 3, projected: false, problem: 'unknown event' };
    await rows.events({ ...ids, ...more, ...own });
    expect(await one('webhookEvent(id: "EV_1")', everyField('WebhookEvent'))).toEqual({
      ...ids,
      ...more,
      ...own,
      project: 'default',
      createdAt: '2026-11-24T10:00:00.000Z',
      receivedAt: '2026-11-24T10:00:01.000Z',
    });
  });
});

describe('what is not known', () => {
  beforeAll(async () => {
    await rows.egresses({
      egressId: 'EG_new',
      roomSid: null,
      roomName: null,
      type: null,
      status: 'EGRESS_PAUSED',
      sourceType: 'NEW',
    });
    await rows.ingressSessions({
      resourceId: 'RT_new',
      ingressId: 'IN_2',
      roomSid: 'RM_gone',
      inputType: 'SRT_INPUT',
      status: 'X',
    });
    await rows.agentJobs({ jobId: 'AJ_new', type: 'JT_NEWER', status: 'JS_', roomSid: null });
    await rows.participants({ sid: 'PA_new', identity: 'bob', kind: 'ROBOT' });
    await rows.tracks({ sid: 'TR_new', type: 'SMELL', source: 'NOSE' });
  });

  it('is null, OTHER, or the word that LiveKit uses', async () => {
    const sessions = 'active durationSeconds endSource endUncertaintySeconds';
    expect(
      await one(
        'egress(egressId: "EG_new")',
        `${sessions} type status sourceType room { sid } roomSid roomName endedAt`,
      ),
    ).toEqual({
      active: true,
      durationSeconds: 7200,
      endSource: null,
      endUncertaintySeconds: null,
      endedAt: null,
      type: 'OTHER',
      status: 'OTHER',
      sourceType: 'NEW',
      room: null,
      roomSid: null,
      roomName: null,
    });
    expect(await one('ingressSession(resourceId: "RT_new")', 'inputType status room { sid } transcoding')).toEqual({
      inputType: 'OTHER',
      status: 'OTHER',
      room: null,
      transcoding: null,
    });
    expect(await one('agentJob(id: "AJ_new")', 'type status room { sid }')).toEqual({
      type: 'NEWER',
      status: 'OTHER',
      room: null,
    });
    expect(await one('participant(sid: "PA_new")', 'kind')).toEqual({ kind: 'OTHER' });
    expect(await one('track(sid: "TR_new")', 'type source')).toEqual({ type: 'OTHER', source: 'OTHER' });
  });

  it('has no row', async () => {
    const lookUps = [
      'room(sid: "x")',
      'participant(sid: "x")',
      'track(sid: "x")',
      'egress(egressId: "x")',
      'node(id: "x")',
    ];
    for (const lookUp of [
      ...lookUps,
      'ingressSession(resourceId: "x")',
      'agentJob(id: "x")',
      'webhookEvent(id: "x")',
    ]) {
      expect(await one(lookUp, 'id')).toBeNull();
    }
  });
});

describe('a duration', () => {
  it('is never negative, and 0 for what never began', async () => {
    await rows.rooms({ sid: 'RM_future', startedAt: at('13:00:00') });
    await rows.participants({ sid: 'PA_aborted', identity: 'cy', state: 'ABORTED', endedAt: at('10:00:30') });
    await rows.agentJobs({ jobId: 'AJ_waiting', waiting: true });
    expect(await one('room(sid: "RM_future")', 'durationSeconds')).toEqual({ durationSeconds: 0 });
    expect(await one('participant(sid: "PA_aborted")', 'durationSeconds')).toEqual({ durationSeconds: 0 });
    expect(await one('agentJob(id: "AJ_waiting")', 'durationSeconds active')).toEqual({
      durationSeconds: 0,
      active: true,
    });
  });
});
