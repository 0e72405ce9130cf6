import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

type Span = readonly [start: string, end: string | null, more?: object];

let service: Service;
let rows: Rows;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  rows = new Rows(service.database);
});
afterAll(() => service.stop());

async function ask(query: string): Promise<unknown> {
  const { data, errors } = await service.query(query);
  expect(errors).toBeUndefined();
  return data;
}

/** A room of its own with these people; what it counts. */
async function counts(sid: string, spans: readonly Span[]): Promise<unknown> {
  await rows.rooms({ sid, roomName: sid });
  const people = spans.map(([start, end, more], index) => ({
    sid: `PA_${sid}_${index}`,
    roomSid: sid,
    roomName: sid,
    identity: `i${index}`,
    startedAt: at(start),
    endedAt: end === null ? null : at(end),
    ...more,
  }));
  if (people.length > 0) await rows.participants(...people);
  const data = await ask(`{ room(sid: "${sid}") { peakParticipantCount identityCount participantSeconds } }`);
  return Object.values((data as { room: object }).room);
}

describe('a room counts its peak, its identities and their seconds', () => {
  it.each<[string, Span[], [number, number, number]]>([
    ['RM_nobody', [], [0, 0, 0]],
    ['RM_one', [['10:00:00', '10:00:10.5']], [1, 1, 10.5]],
    [
      'RM_open',
      [
        ['11:59:00', null],
        ['11:59:30', null],
      ],
      [2, 2, 90],
    ],
    [
      'RM_overlap',
      [
        ['10:00:00', '10:01:00'],
        ['10:00:30', '10:02:00'],
        ['10:00:59', '10:01:30'],
      ],
      [3, 3, 181],
    ],
    [
      'RM_handover',
      [
        ['10:00:00', '10:01:00'],
        ['10:01:00', '10:02:00'],
        ['10:02:00', null],
      ],
      [1, 3, 120 + 58 * 60 + 3600],
    ],
    [
      'RM_empty',
      [
        ['10:00:00', '10:00:00'],
        ['10:00:00', '10:00:00'],
      ],
      [0, 2, 0],
    ],
    [
      'RM_inside',
      [
        ['10:00:00', '10:10:00'],
        ['10:01:00', '10:02:00'],
        ['10:03:00', '10:04:00'],
        ['10:05:00', '10:05:00'],
      ],
      [2, 4, 720],
    ],
    [
      'RM_rejoin',
      [
        ['10:00:00', '10:01:00', { identity: 'ann' }],
        ['10:02:00', '10:03:00', { identity: 'ann' }],
      ],
      [1, 1, 120],
    ],
    [
      'RM_uncounted',
      [
        ['10:00:00', '10:01:00'],
        ['10:00:00', '10:01:00', { counted: false, kind: 'AGENT' }],
      ],
      [1, 1, 60],
    ],
    [
      'RM_future',
      [
        ['12:30:00', null],
        ['11:00:00', null],
      ],
      [1, 2, 3600],
    ],
  ])('%s', async (sid, spans, expected) => {
    expect(await counts(sid, spans)).toEqual(expected);
  });

  it('together with other rooms as alone', async () => {
    const fields = 'sid peakParticipantCount identityCount participantSeconds';
    const together = (await ask(`{ rooms(first: 200) { nodes { ${fields} } } }`)) as {
      rooms: { nodes: { sid: string }[] };
    };
    for (const room of together.rooms.nodes)
      expect(await ask(`{ room(sid: "${room.sid}") { ${fields} } }`)).toEqual({ room });
    expect(together.rooms.nodes.length).toBe(10);
  });
});

describe('a room is being recorded', () => {
  it('while it is open and an egress of it has not ended', async () => {
    await rows.rooms(
      { sid: 'RM_r1', roomName: 'r1' },
      { sid: 'RM_r2', roomName: 'r2', endedAt: at('11:00:00') },
      { sid: 'RM_r3', roomName: 'r3' },
      { sid: 'RM_r4', roomName: 'r4' },
    );
    await rows.egresses(
      { egressId: 'EG_r1', roomSid: 'RM_r1', roomName: 'r1' },
      { egressId: 'EG_r2', roomSid: 'RM_r2', roomName: 'r2' },
      { egressId: 'EG_r3', roomSid: 'RM_r3', roomName: 'r3', endedAt: at('11:00:00') },
      { egressId: 'EG_r4', roomSid: 'RM_r4', roomName: null },
    );
    const recording = await ask(
      '{ rooms(filter: {name: {startsWith: "r"}}, orderBy: {field: NAME, direction: ASC}) { nodes { recording } } }',
    );
    expect(recording).toEqual({ rooms: { nodes: [true, false, false, true].map((value) => ({ recording: value })) } });
  });
});

describe('a total count', () => {
  beforeAll(() =>
    rows.tracks(...Array.from({ length: 12 }, (_, index) => ({ sid: `TR_${index}`, roomSid: 'RM_counted' }))),
  );
  const total = async (args: string, list = ''): Promise<unknown> => {
    const data = await ask(
      `{ tracks(filter: {roomSid: ["RM_counted"]}${list}) { totalCount${args} { value precision } } }`,
    );
    return (data as { tracks: { totalCount: unknown } }).tracks.totalCount;
  };

  it.each([
    ['', 12, 'EXACT'],
    ['(limit: null)', 12, 'EXACT'],
    ['(limit: 13)', 12, 'EXACT'],
    ['(limit: 12)', 12, 'AT_LEAST'],
    ['(limit: 5)', 5, 'AT_LEAST'],
    ['(limit: 0)', 0, 'AT_LEAST'],
    ['(limit: 100000)', 12, 'EXACT'],
  ])('%s is %i %s', async (args, value, precision) => {
    expect(await total(args)).toEqual({ value, precision });
  });

  it('is of the whole list, whatever the page', async () => {
    expect(await total('', ', first: 0')).toEqual({ value: 12, precision: 'EXACT' });
  });

  it.each(['(limit: 100001)', '(limit: -1)'])('refuses %s', async (args) => {
    const { data, errors } = await service.query(`{ tracks { totalCount${args} { value } } }`);
    expect(errors).toMatchObject([
      { message: expect.stringContaining('limit'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(data).toBeNull();
  });
});
