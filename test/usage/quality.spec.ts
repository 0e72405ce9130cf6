import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { planOf } from '../../harness/plan.js';
import { record } from '../../harness/recorded.js';
import { noteLosses } from '../../src/reconcile/webhook-losses.js';
import { at, now, Rows } from '../support/rows.js';
import { onCitus } from '../support/citus.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
let rows: Rows;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  rows = new Rows(service.database);
  await rows.participants(...people);
  await rows.countUsage();
});
afterAll(() => service.stop());

const reported = { endSource: 'REPORTED' };
const people = [
  { sid: 'PA_1', startedAt: at('08:10:00'), endedAt: at('09:30:00'), ...reported },
  { sid: 'PA_2', startedAt: at('09:00:00'), endedAt: at('09:20:00'), ...reported, startSource: 'INFERRED' },
  { sid: 'PA_3', startedAt: at('09:00:00'), endedAt: at('10:00:00'), endSource: 'EXPIRED', lastSeenAt: at('09:15:00') },
  { sid: 'PA_4', startedAt: at('09:59:00'), startSource: 'RECONCILED', lastSeenAt: at('11:00:00') },
  { sid: 'PA_5', startedAt: at('09:00:00'), endedAt: at('09:00:10'), ...reported, state: 'ABORTED' },
  { sid: 'PA_6', startedAt: at('09:40:00'), endedAt: at('09:50:00'), endSource: 'OPERATOR', roomName: 'weekly' },
];

const all = `from to meter sessions starts { source sessions } ends { source sessions } openSessions seconds
  uncertainSeconds doubledEvents disorderedEvents maxDelaySeconds p99DelaySeconds droppedEvents`;

type Fields = Record<string, unknown>;

async function quality(args: string, fields = all, token?: string): Promise<Fields[]> {
  const query = `{ quality(meter: ${args}) { ${fields} } }`;
  const { data, errors } = await service.query<{ quality: Fields[] }>(query, {}, token);
  expect(errors).toBeUndefined();
  return data.quality;
}

const span = (from: string, to: string): string => `from: "2026-11-24T${from}Z", to: "2026-11-24T${to}Z"`;

describe('quality of sessions', () => {
  const sums = 'from sessions openSessions seconds uncertainSeconds';

  it('says how starts and ends are known, in each window', async () => {
    const fields = 'from sessions openSessions starts { source sessions } ends { source sessions }';
    const of = (counts: Record<string, number>) =>
      Object.entries(counts).map(([source, sessions]) => ({ source, sessions }));
    expect(await quality(`PARTICIPANT, ${span('07:00:00', '10:00:00')}, interval: HOUR`, fields)).toEqual([
      { from: '2026-11-24T07:00:00.000Z', sessions: 0, openSessions: 0, starts: [], ends: [] },
      {
        from: '2026-11-24T08:00:00.000Z',
        sessions: 1,
        openSessions: 0,
        starts: of({ REPORTED: 1 }),
        ends: of({ REPORTED: 1 }),
      },
      {
        from: '2026-11-24T09:00:00.000Z',
        sessions: 5,
        openSessions: 1,
        starts: of({ INFERRED: 1, RECONCILED: 1, REPORTED: 3 }),
        ends: of({ EXPIRED: 1, OPERATOR: 1, REPORTED: 2 }),
      },
    ]);
  });

  it.each([
    ['cells', span('08:00:00', '12:00:00')],
    ['cells and sessions', span('08:10:01.5', '11:30:07.25')],
    ['the future', span('11:00:00', '14:00:00')],
  ])('sums as usage does, from %s', async (_from, range) => {
    for (const cut of ['', ', interval: HOUR']) {
      const { data } = await service.query<{ usage: Fields[] }>(
        `{ usage(meter: PARTICIPANT, ${range}${cut}) { ${sums} } }`,
      );
      const told = await quality(`PARTICIPANT, ${range}${cut}`, sums);
      expect(told.filter(({ sessions }) => sessions !== 0)).toEqual(data.usage);
      expect(data.usage.length).toBeGreaterThan(0);
    }
  });

  it('counts the time after the last sign of life as uncertain', async () => {
    expect(await quality(`PARTICIPANT, ${span('09:00:00', '12:00:00')}`, 'seconds uncertainSeconds')).toEqual([
      // 45 minutes of PA_3, and the last hour of PA_4, which is open.
      { seconds: 60 * (30 + 20 + 60 + 121 + 10), uncertainSeconds: 60 * (45 + 60) },
    ]);
  });

  it('is only of the room that a token is for', async () => {
    const token = await service.token({ roomAdmin: true, room: 'weekly' });
    const fields = 'sessions starts { source sessions } ends { source sessions }';
    expect(await quality(`PARTICIPANT, ${span('00:00:00', '12:00:00')}`, fields, token)).toEqual([
      {
        sessions: 1,
        starts: [{ source: 'REPORTED', sessions: 1 }],
        ends: [{ source: 'OPERATOR', sessions: 1 }],
      },
    ]);
  });

  it.each(['ROOM', 'TRACK', 'EGRESS', 'INGRESS', 'AGENT_JOB'])('answers for %s', async (meter) => {
    expect(await quality(`${meter}, ${span('00:00:00', '12:00:00')}`, `meter sessions starts { source }`)).toEqual([
      { meter, sessions: 0, starts: [] },
    ]);
  });
});

describe('quality of events', () => {
  const fields = 'doubledEvents disorderedEvents maxDelaySeconds p99DelaySeconds droppedEvents';
  const event = (id: string, created: string, received: string, more: object = {}): object => {
    const createdAt = at(created);
    const createdSeconds = BigInt(createdAt.getTime() / 1000);
    return { id, createdAt, createdSeconds, receivedAt: at(received), roomName: 'daily', ...more };
  };

  beforeAll(async () => {
    await rows.events(
      event('EV_before', '02:59:59', '08:00:00', { deliveries: 2 }),
      event('EV_1', '03:00:00', '03:00:00.250'),
      event('EV_2', '03:00:02', '03:00:02.500', { deliveries: 3 }),
      event('EV_late', '03:00:01', '03:00:12', { deliveries: 2 }),
      event('EV_same', '03:00:02', '03:00:13'),
      event('EV_other', '03:00:00', '03:00:14', { roomName: 'weekly' }),
      event('EV_nameless', '03:00:01', '03:00:14', { roomName: null }),
      event('EV_acme', '03:00:05', '07:00:00', { project: 'acme', deliveries: 2 }),
      event('roomledger:x', '03:00:09', '03:00:01', { event: 'roomledger.expired', deliveries: 2 }),
      event('EV_second', '04:59:59', '05:00:00'),
      event('EV_after', '05:00:00', '05:00:00', { deliveries: 2 }),
    );
    const many = Array.from({ length: 300 }, (_, index) => {
      const second = `${String(Math.floor(index / 60)).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`;
      return event(`EV_many_${index}`, `06:${second}`, `06:${second}.${String(index).padStart(3, '0')}`);
    });
    await rows.events(...many);
  });

  it('counts those that came twice, late or out of order, by their own time', async () => {
    expect(await quality(`ROOM, ${span('03:00:00', '05:00:00')}, interval: HOUR`, fields)).toEqual([
      { doubledEvents: 2, disorderedEvents: 1, maxDelaySeconds: 14, p99DelaySeconds: 14, droppedEvents: null },
      { doubledEvents: 0, disorderedEvents: 0, maxDelaySeconds: 1, p99DelaySeconds: 1, droppedEvents: null },
    ]);
  });

  it('tells the delay of 99 in a hundred', async () => {
    expect(await quality(`ROOM, ${span('06:00:00', '07:00:00')}`, fields)).toEqual([
      { doubledEvents: 0, disorderedEvents: 0, maxDelaySeconds: 0.299, p99DelaySeconds: 0.296, droppedEvents: null },
    ]);
  });

  it('knows no delay where nothing came', async () => {
    expect(await quality(`ROOM, ${span('00:00:00', '01:00:00')}`, fields)).toEqual([
      { doubledEvents: 0, disorderedEvents: 0, maxDelaySeconds: null, p99DelaySeconds: null, droppedEvents: null },
    ]);
  });

  it('is only of the room that a token is for', async () => {
    const token = await service.token({ roomAdmin: true, room: 'weekly' });
    expect(await quality(`ROOM, ${span('03:00:00', '05:00:00')}`, fields, token)).toMatchObject([
      { doubledEvents: 0, disorderedEvents: 0, maxDelaySeconds: 14 },
    ]);
  });
});

it.skipIf(onCitus)('quality of events reads the log of the range alone', async () => {
  const { intake, queries } = service.database;
  await intake.query(
    `insert into webhook_event (project, id, created_seconds, event, created_at, received_at, deliveries, projected, payload, epoch)
     select 'acme', 'EV_' || n, at, 'room_started', to_timestamp(at), to_timestamp(at + 1), 1, true, to_json(repeat('x', 500)), 1
     from generate_series(1, 40000) n, lateral (select 1735689600 + n * 60 as at) time`,
  );
  await intake.query('vacuum (analyze) webhook_event');
  const sent = record(queries);
  const token = await service.token({ roomList: true }, { key: 'acmekey' });
  const day = 'from: "2025-01-10T00:00:00Z", to: "2025-01-11T00:00:00Z"';
  expect(await quality(`ROOM, ${day}`, 'maxDelaySeconds', token)).toEqual([{ maxDelaySeconds: 1 }]);
  const [asked] = sent;
  const { rows: read, sequential, indexes } = await planOf(queries, asked!);
  expect(sequential).toEqual([]);
  expect(indexes).toContain('webhook_event_past_by_time');
  // What the index names, and the day's 1,440 with two blocks of pages beside them.
  expect(read).toBeLessThan(2 * (1440 + 2 * 32 * 16));
});

describe('quality refuses', () => {
  const code = async (args: string): Promise<string | undefined> =>
    (await service.query(`{ ${args} }`)).errors?.[0]?.extensions.code;

  it('an empty range, an unknown zone, and windows over more than 200 years', async () => {
    expect(await code(`quality(meter: ROOM, ${span('10:00:00', '10:00:00')}) { sessions }`)).toBe('BAD_USER_INPUT');
    const day = span('10:00:00', '11:00:00');
    expect(await code(`quality(meter: ROOM, ${day}, timeZone: "Moon") { sessions }`)).toBe('BAD_USER_INPUT');
    const ever = 'from: "0100-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z"';
    expect(await code(`quality(meter: ROOM, ${ever}, interval: MONTH) { sessions }`)).toBe('BAD_USER_INPUT');
  });

  it('more windows than one request may have, those of usage among them', async () => {
    const half = 'from: "2025-01-01T00:00:00Z", to: "2025-08-01T00:00:00Z", interval: HOUR';
    expect(await code(`quality(meter: ROOM, ${half}) { sessions }`)).toBeUndefined();
    const both = `quality(meter: ROOM, ${half}) { sessions } usage(meter: ROOM, ${half}) { sessions }`;
    expect(await code(both)).toBe('TOO_MANY_ROWS');
  });
});

describe('events that LiveKit lost', () => {
  it('are what its metrics say, by the hour in which they were read', async () => {
    let lost = 0;
    const metrics = createServer((_, response) => {
      response.end(
        `livekit_webhook_dispatch_total{status="success"} 99\nlivekit_webhook_dispatch_total{status="drop"} ${lost}\n`,
      );
    });
    await new Promise<void>((resolve) => metrics.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void metrics.close());
    const source = ['default', `http://127.0.0.1:${(metrics.address() as AddressInfo).port}/metrics`] as const;
    const read = async (counter: number, time: string): Promise<void> => {
      lost = counter;
      await noteLosses(service.database, source, Date.parse(`2026-11-24T${time}Z`));
    };
    // What was lost before is nobody's; a process that begins anew counts from 0.
    await read(7, '07:59:00');
    await read(10, '08:01:00');
    await read(2, '08:02:00');
    await read(2, '09:00:00');
    const asked = `PARTICIPANT, ${span('06:00:00', '10:00:00')}, interval: HOUR`;
    const dropped = async (token?: string) =>
      (await quality(asked, 'droppedEvents', token)).map(({ droppedEvents }) => droppedEvents);
    expect(await dropped()).toEqual([null, 0, 5, 0]);
    expect(await dropped(await service.token({ roomAdmin: true, room: 'weekly' }))).toEqual([null, null, null, null]);
  });
});
