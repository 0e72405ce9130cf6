import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { startService, type Service } from '../support/service.js';

/** What servers sent years ago, what newer ones may send, and what is wrong in it. */
const arrival = Date.UTC(2026, 2, 3);
const START = 1_772_445_600n;
const ns = (seconds: bigint): string => String((START + seconds) * 1_000_000_000n);

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => arrival } });
});
afterAll(() => service.stop());

let events = 0;
const deliver = (event: string, message: object): Promise<void> =>
  service.deliver(JSON.stringify({ id: `EV_${events++}`, event, createdAt: String(START + 62n), ...message }));

let egresses = 0;
/** Tells of one egress that ran from second 1 to second 61. */
async function egressOf(...infos: object[]): Promise<Record<string, unknown>> {
  const egressId = `EG_${egresses++}`;
  for (const [at, info] of infos.entries()) {
    const told = { startedAt: ns(1n), endedAt: ns(61n), updatedAt: ns(61n + BigInt(at)), status: 'EGRESS_COMPLETE' };
    await deliver('egress_ended', { egressInfo: { egressId, roomComposite: {}, ...told, ...info } });
  }
  const outputs =
    '{ kind filename location url status startedAt endedAt durationSeconds sizeBytes segmentCount imageCount }';
  const { data } = await service.query<{ egress: Record<string, unknown> }>(
    `{ egress(egressId: "${egressId}") { status roomName outputs ${outputs} } }`,
  );
  return data.egress;
}

const outputsOf = async (info: object): Promise<Record<string, unknown>[]> =>
  (await egressOf(info))['outputs'] as Record<string, unknown>[];

describe('what an output says of itself', () => {
  const lists = ['fileResults', 'streamResults', 'segmentResults'];

  it.each([
    [String(-START * 1_000_000_000n), null],
    ['1795988118000000000', null],
    ['62000000001', null],
    ['-1', null],
    ['60500000000', 60.5],
    ['62000000000', 62],
  ])('is unknown where its duration is %s ns, which cannot be, and else %j s', async (duration, seconds) => {
    for (const list of lists) {
      expect(await outputsOf({ [list]: [{ duration }] }), list).toMatchObject([{ durationSeconds: seconds }]);
    }
  });

  it('is unknown where the egress has no start, and its duration began in 1970', async () => {
    const fileResults = [{ duration: ns(61n) }, { duration: '9000000000' }];
    expect(await outputsOf({ startedAt: '0', fileResults })).toMatchObject([
      { durationSeconds: null },
      { durationSeconds: 9 },
    ]);
  });

  it('is unknown where a size or a count is negative', async () => {
    expect(
      await outputsOf({
        fileResults: [{ size: '-1' }, { size: '7' }],
        segmentResults: [{ size: '-1', segmentCount: '-1' }],
        imageResults: [{ imageCount: '-1' }, { imageCount: '3' }],
      }),
    ).toMatchObject([
      { sizeBytes: null },
      { sizeBytes: 7 },
      { sizeBytes: null, segmentCount: null },
      { imageCount: null },
      { imageCount: 3 },
    ]);
  });
});

describe('results in the fields that servers had before 2023-02', () => {
  it('count as results', async () => {
    const file = { filename: 'a.mp4', location: 's3://b/a.mp4', duration: '9000000000', size: '12' };
    expect(await egressOf({ file }, { status: 'EGRESS_FAILED' })).toMatchObject({
      status: 'COMPLETE',
      outputs: [{ kind: 'FILE', filename: 'a.mp4', location: 's3://b/a.mp4', durationSeconds: 9, sizeBytes: 12 }],
    });
    expect(await outputsOf({ segments: { playlistName: 'a.m3u8', segmentCount: '4' } })).toMatchObject([
      { kind: 'SEGMENTS', filename: 'a.m3u8', segmentCount: 4 },
    ]);
    const stream = {
      info: [{ url: 'rtmp://a.example/live/key', duration: '9000000000' }, { url: 'rtmp://b.example/live/key' }],
    };
    expect(await outputsOf({ stream })).toMatchObject([
      { kind: 'STREAM', url: 'rtmp://a.example/live/[redacted]', durationSeconds: 9, status: 'ACTIVE' },
      { kind: 'STREAM', url: 'rtmp://b.example/live/[redacted]' },
    ]);
  });

  it('count once where the newer list says the same, and not where they are empty', async () => {
    const file = { filename: 'a.mp4' };
    expect(await outputsOf({ file, fileResults: [file] })).toHaveLength(1);
    expect(await outputsOf({ file: {}, stream: {}, segments: {} })).toEqual([]);
  });
});

test.each([
  ['roomComposite', { roomName: 'daily' }],
  ['trackComposite', { roomName: 'daily' }],
  ['track', { room_name: 'daily' }],
  ['participant', { roomName: 'daily' }],
  ['egress', { roomName: 'daily', template: {} }],
])("an egress takes its room's name from the request %s where it is nowhere else", async (name, request) => {
  expect(await egressOf({ roomComposite: undefined, [name]: request })).toMatchObject({ roomName: 'daily' });
  expect(await egressOf({ roomName: 'weekly', [name]: request })).toMatchObject({ roomName: 'weekly' });
});

test.each([
  [9, '9'],
  [2, 'ROOM_END_IDLE_TIMEOUT'],
  ['ROOM_END_NEW', 'ROOM_END_NEW'],
  [0, null],
  [undefined, null],
])('a roomEndReason of %j is %j', async (roomEndReason, endReason) => {
  const room = { sid: `RM_${roomEndReason}`, name: `room ${roomEndReason}` };
  await deliver('room_finished', { room, roomEndReason });
  const { data } = await service.query(`{ room(sid: "${room.sid}") { endReason } }`);
  expect(data).toEqual({ room: { endReason } });
});

test.each([
  [{ bypassTranscoding: true }, false],
  [{ bypassTranscoding: true, enableTranscoding: true }, true],
  [{ enableTranscoding: false }, false],
  [{}, true],
  [{ inputType: 'URL_INPUT' }, true],
  [{ inputType: 'WHIP_INPUT' }, false],
  [{ inputType: 'WHIP_INPUT', enableTranscoding: true }, true],
])('an ingress that says %j transcodes: %j', async (said, transcoding) => {
  const resourceId = `RT_${JSON.stringify(said)}`;
  const ingressInfo = { ingressId: 'IN_1', ...said, state: { resourceId, startedAt: ns(1n) } };
  await deliver('ingress_started', { ingressInfo });
  const query = 'query($id: ID!) { ingressSession(resourceId: $id) { transcoding } }';
  const { data } = await service.query(query, { id: resourceId });
  expect(data).toEqual({ ingressSession: { transcoding } });
});

test("an egress that names only a room's sid is grouped by that room's metadata, once", async () => {
  for (const name of ['a room', 'b room']) {
    const metadata = JSON.stringify({ tenant: name });
    await deliver('room_started', { room: { sid: 'RM_shared', name, creationTime: String(START), metadata } });
  }
  await egressOf({ roomId: 'RM_shared', roomComposite: undefined });
  const { data } = await service.query<{ usage: unknown[] }>(`{
    usage(meter: EGRESS, from: "2026-03-02T00:00:00Z", to: "2026-03-03T00:00:00Z", groupBy: [{ roomMetadata: "tenant" }]) {
      group { value } seconds sessions } }`);
  expect(data.usage).toContainEqual({ group: [{ value: 'a room' }], seconds: 60, sessions: 1 });
});
