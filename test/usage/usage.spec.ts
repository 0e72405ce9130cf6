import { buildSchema, type GraphQLEnumType, type GraphQLInputObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdl } from '../../src/graphql/sdl.js';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { fieldsOf, filters } from '../support/usage-questions.js';

let service: Service;
let rows: Rows;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now }, settings: { usageGraceMs: 600_000 } });
  rows = new Rows(service.database);
});
afterAll(() => service.stop());

const day = { from: '2026-11-24T00:00:00Z', to: '2026-11-25T00:00:00Z' };
const query = `query ($meter: Meter! $from: DateTime! $to: DateTime! $interval: UsageInterval $timeZone: String
  $groupBy: [UsageDimension!] $filter: UsageFilter) { usage(meter: $meter from: $from to: $to interval: $interval
  timeZone: $timeZone groupBy: $groupBy filter: $filter) { FIELDS } }`;

async function usage(asked: object, fields: string): Promise<unknown> {
  await rows.countUsage();
  const { data, errors } = await service.query<{ usage: unknown } | null>(query.replace('FIELDS', fields), {
    meter: 'PARTICIPANT',
    ...day,
    ...asked,
  });
  if (errors !== undefined) return errors.map(({ message, extensions }) => `${extensions.code}: ${message}`).join();
  return data!.usage;
}

/** The usage of one room of its own with these people. */
async function ofPeople(room: string, people: readonly object[], asked: object, fields: string): Promise<unknown> {
  await rows.participants(
    ...people.map((one, index) => ({ sid: `PA_${room}_${index}`, roomSid: room, roomName: room, ...one })),
  );
  return usage({ filter: { roomSid: [room] }, ...asked }, fields);
}

const span = (start: string, end: string | null): object => ({ startedAt: at(start), endedAt: end && at(end) });

describe('usage refuses, and names,', () => {
  const schema = buildSchema(sdl);
  const names = (schema.getType('UsageField') as GraphQLEnumType).getValues().map(({ name }) => name);
  const lacking = Object.entries(fieldsOf).flatMap(([meter, has]) =>
    names.filter((name) => !has.includes(name)).map((name) => [meter, name] as const),
  );
  it.each(lacking)('of the meter %s the dimension %s', async (meter, name) => {
    expect(await usage({ meter, groupBy: [{ field: name }] }, 'seconds')).toBe(
      `BAD_USER_INPUT: The meter ${meter} has no dimension ${name}.`,
    );
  });

  it.each(['ROOM', 'EGRESS', 'INGRESS', 'AGENT_JOB'])('of the meter %s an attribute', async (meter) => {
    expect(await usage({ meter, groupBy: [{ attribute: 'plan' }] }, 'seconds')).toBe(
      `BAD_USER_INPUT: The meter ${meter} has no dimension attribute:plan.`,
    );
  });

  const values: Record<string, unknown> = {
    identity: {},
    participantKind: [],
    excludeParticipantKind: [],
    trackType: [],
    trackSource: [],
    egressType: [],
    attribute: { path: 'plan', eq: 'pro' },
    hidden: false,
    excludeKindDetails: [],
  };
  const all = Object.keys((schema.getType('UsageFilter') as GraphQLInputObjectType).getFields());
  const lackingFilters = Object.keys(fieldsOf).flatMap((meter) =>
    all.filter((name) => !filters[name]!.meters.includes(meter)).map((name) => [meter, name] as const),
  );
  it.each(lackingFilters)('of the meter %s the filter %s', async (meter, name) => {
    expect(await usage({ meter, filter: { [name]: values[name] } }, 'seconds')).toBe(
      `BAD_USER_INPUT: The meter ${meter} has no filter ${name}.`,
    );
    expect(await usage({ meter, filter: { [name]: null } }, 'seconds')).toEqual([]);
  });

  const project = { field: 'PROJECT' };
  it.each<[what: string, asked: object, told: string | RegExp]>([
    ['six dimensions', { groupBy: Array.from({ length: 6 }, () => project) }, '6 dimensions are more than 5.'],
    ['a dimension that is nothing', { groupBy: [{}] }, /exactly one/i],
    ['a dimension that is two', { groupBy: [{ ...project, attribute: 'x' }] }, /exactly one/i],
    ['a dimension that is null', { groupBy: [{ field: null }] }, /exactly one|non-null/],
    ['an empty prefix', { groupBy: [{ roomNamePrefix: '' }] }, 'A roomNamePrefix is a text that is not empty.'],
    [
      'an empty range',
      { to: day.from },
      'The range from 2026-11-24T00:00:00.000Z to 2026-11-24T00:00:00.000Z is empty.',
    ],
    ['a range that ends first', { from: day.to, to: day.from }, 'is empty.'],
    ['an unknown zone', { timeZone: 'Mars/Olympus' }, 'The time zone "Mars/Olympus" is none of the IANA database.'],
    ['an offset for a zone', { timeZone: '+01:00', interval: 'DAY' }, 'The time zone "+01:00" is none'],
    ['a list of 201 values', { filter: { roomSid: Array(201).fill('x') } }, 'A list of 201 values is longer than 200.'],
  ])('%s', async (_what, asked, told) => {
    const answer = await usage(asked, 'seconds');
    expect(answer).toMatch(/^BAD_USER_INPUT: /);
    expect(answer).toMatch(told);
  });

  it.each([[{}], [{ ...project, attribute: 'x' }], [{ field: null }]])(
    'the dimension %j, also when its document is just being compiled',
    async (dimension) => {
      const alias = JSON.stringify(dimension).replaceAll(/\W/g, '_');
      expect(await usage({}, `${alias}: seconds`)).toBeInstanceOf(Array);
      for (let again = 0; again < 2; again++)
        expect(await usage({ groupBy: [dimension] }, `${alias}: seconds`)).toMatch(
          /^BAD_USER_INPUT: Variable "\$groupBy" got invalid value .*(Exactly one key|must be non-null)/,
        );
    },
  );

  it('an unknown dimension, meter or interval by the schema', async () => {
    for (const asked of [{ groupBy: [{ field: 'X' }] }, { meter: 'X' }, { interval: 'YEAR' }])
      expect(await usage(asked, 'seconds')).toMatch(/^BAD_USER_INPUT: .*"X"|"YEAR"/);
  });

  it('more windows than 10,000', async () => {
    const asked = { interval: 'HOUR', from: '2026-01-01T00:00:00Z' };
    expect(await usage({ ...asked, to: '2027-02-21T16:00:00Z' }, 'seconds')).toEqual([]);
    expect(await usage({ ...asked, to: '2027-02-21T16:00:00.001Z' }, 'seconds')).toBe(
      'TOO_MANY_ROWS: The usage has more than 10000 windows: ask for a shorter range, or less at once.',
    );
  });
});

describe('five dimensions', () => {
  it('group together', async () => {
    const groupBy = ['PROJECT', 'ROOM_NAME', 'IDENTITY', 'PARTICIPANT_KIND', 'REGION'].map((field) => ({ field }));
    const asked = { groupBy, from: '2026-11-24T10:00:00Z', to: '2026-11-24T11:00:00Z' };
    const people = [{ kind: 'HOLOGRAM' }, { kind: 'HOLOGRAM' }];
    const values = ['default', 'RM_five', 'ann', 'HOLOGRAM', null];
    expect(await ofPeople('RM_five', people, asked, 'seconds group { dimension value }')).toEqual([
      { seconds: 7_200, group: groupBy.map(({ field }, index) => ({ dimension: field, value: values[index] })) },
    ]);
  });
});

describe('a window', () => {
  it('takes of each session the part inside it', async () => {
    const people = [span('09:59:59.999', '10:00:00.001'), span('10:30:00', '12:30:00'), span('09:00:00', '10:00:00')];
    const asked = { interval: 'HOUR', from: '2026-11-24T10:00:00Z', to: '2026-11-24T12:00:00Z' };
    expect(await ofPeople('RM_parts', people, asked, 'seconds sessions')).toEqual([
      { seconds: 1_800.001, sessions: 2 },
      { seconds: 3_600, sessions: 1 },
    ]);
  });

  it('has no row without usage, nor for what is empty', async () => {
    const people = [
      span('10:00:00', '10:00:00'),
      { ...span('10:00:00', null), state: 'ABORTED' },
      span('12:30:00', null),
    ];
    expect(await ofPeople('RM_empty', people, { interval: 'HOUR' }, 'seconds')).toEqual([]);
    await rows.agentJobs({ waiting: true });
    expect(await usage({ meter: 'AGENT_JOB' }, 'seconds')).toEqual([]);
  });

  it('has open sessions until now', async () => {
    const fields = 'seconds openSessions final';
    expect(await ofPeople('RM_open', [span('11:00:00', null)], { interval: 'DAY' }, fields)).toEqual([
      { seconds: 3_600, openSessions: 1, final: false },
    ]);
  });

  it('is final once the grace has passed and nothing in it is open', async () => {
    const asked = { interval: 'HOUR', from: '2026-11-24T10:00:00Z', to: '2026-11-24T11:49:59.999Z' };
    const finals = async (asked: object): Promise<unknown> =>
      usage({ filter: { roomSid: ['RM_final'] }, ...asked }, 'final');
    const people = [span('10:00:00', '11:55:00'), span('11:30:00', null)];
    expect(await ofPeople('RM_final', people, { ...asked, to: '2026-11-24T11:00:00Z' }, 'final')).toEqual([
      { final: true },
    ]);
    expect(await finals(asked)).toEqual([{ final: true }, { final: false }]);
    expect(await finals({ ...asked, filter: { roomSid: ['RM_final'], identity: { eq: 'nobody' } } })).toEqual([]);
    await rows.participants({ sid: 'PA_closed', roomSid: 'RM_closed', ...span('10:00:00', '11:55:00') });
    const closed = { ...asked, interval: null, filter: { roomSid: ['RM_closed'] } };
    expect(await finals(closed)).toEqual([{ final: true }]);
    expect(await finals({ ...closed, to: '2026-11-24T11:50:00Z' })).toEqual([{ final: false }]);
  });
});

describe('minutes', () => {
  const fields =
    'exact: minutes none: minutes(rounding: null) session: minutes(rounding: CEIL_SESSION) total: minutes(rounding: CEIL_TOTAL)';
  it('are exact, or each session rounded up, or the total', async () => {
    const people = [span('10:00:00', '10:00:00.001'), span('10:00:00', '10:01:00'), span('10:00:00', '10:01:00.001')];
    expect(await ofPeople('RM_minutes', people, {}, fields)).toEqual([
      { exact: 120_002 / 60_000, none: 120_002 / 60_000, session: 4, total: 3 },
    ]);
  });

  it('fall into the window where they begin, and add up to the session', async () => {
    const asked = { interval: 'HOUR', from: '2026-11-24T10:00:00Z' };
    const people = [span('10:58:30', '11:00:30.001')];
    expect(await ofPeople('RM_started', people, asked, 'minutes(rounding: CEIL_SESSION)')).toEqual([
      { minutes: 2 },
      { minutes: 1 },
    ]);
    expect(
      await ofPeople('RM_begins', [span('10:58:00', '11:00:00.001')], asked, 'minutes(rounding: CEIL_SESSION)'),
    ).toEqual([{ minutes: 2 }, { minutes: 1 }]);
    expect(
      await ofPeople('RM_none', [span('10:59:30', '11:00:20')], asked, 'seconds minutes(rounding: CEIL_SESSION)'),
    ).toEqual([
      { seconds: 30, minutes: 1 },
      { seconds: 20, minutes: 0 },
    ]);
  });

  it('follow a rounding that is a variable', async () => {
    const text = `query ($r: MinuteRounding) { usage(meter: PARTICIPANT, from: "2026-11-24T00:00:00Z", to: "2026-11-25T00:00:00Z",
      filter: {roomSid: ["RM_minutes"]}) { minutes(rounding: $r) } }`;
    for (const [rounding, minutes] of [
      ['CEIL_SESSION', 4],
      ['CEIL_TOTAL', 3],
      ['NONE', 120_002 / 60_000],
      [undefined, 120_002 / 60_000],
    ])
      expect((await service.query(text, { r: rounding })).data).toEqual({ usage: [{ minutes }] });
  });
});

describe('uncertain seconds', () => {
  it.each([
    ['CASCADED', 600],
    ['SUPERSEDED', 600],
    ['RECONCILED', 600],
    ['EXPIRED', 600],
    ['OPERATOR', 0],
    ['REPORTED', 0],
  ])('after the last sign of life of an end that is %s', async (endSource, seconds) => {
    const person = { ...span('10:00:00', '10:30:00'), lastSeenAt: at('10:20:00'), endSource };
    const asked = { interval: 'HOUR', timeZone: 'Asia/Kathmandu' };
    expect(await ofPeople(`RM_${endSource}`, [person], asked, 'seconds uncertainSeconds')).toEqual([
      { seconds: 900, uncertainSeconds: 0 },
      { seconds: 900, uncertainSeconds: seconds },
    ]);
  });
});

describe('concurrency', () => {
  it('peaks at sessions with start ≤ t < end', async () => {
    const people = [span('10:00:00', '10:10:00'), span('10:10:00', '10:20:00'), span('10:19:59.999', '12:00:00')];
    const asked = { interval: 'HOUR', from: '2026-11-24T10:00:00Z' };
    expect(await ofPeople('RM_peaks', people, asked, 'peakConcurrency averageConcurrency')).toEqual([
      { peakConcurrency: 2, averageConcurrency: 3_600_001 / 3_600_000 },
      { peakConcurrency: 1, averageConcurrency: 1 },
    ]);
  });
});

describe('identities', () => {
  it('are distinct, and null where a meter has none', async () => {
    const people = [{ identity: 'ann' }, { identity: 'ann' }, { identity: 'bob' }];
    expect(await ofPeople('RM_identities', people, {}, 'identities sessions')).toEqual([
      { identities: 2, sessions: 3 },
    ]);
    await rows.rooms({ sid: 'RM_identities' });
    await rows.egresses({});
    for (const meter of ['ROOM', 'EGRESS'])
      expect(await usage({ meter }, 'identities')).toEqual([{ identities: null }]);
  });
});

describe('rows', () => {
  it('are at most 10,000', async () => {
    await ofPeople('RM_crowd', [span('10:00:00', '10:00:01')], {}, 'seconds');
    await service.database.prisma.$executeRaw`insert into participant select (jsonb_populate_record(participant,
      jsonb_build_object('sid', 'PA_crowd_' || i, 'identity', 'i' || i))).* from participant, generate_series(1, 10000) as i
      where room_sid = 'RM_crowd'`;
    const groupBy = [{ field: 'IDENTITY' }];
    expect(await usage({ groupBy, filter: { roomSid: ['RM_crowd'] } }, 'seconds')).toBe(
      'TOO_MANY_ROWS: The usage has more than 10000 rows: ask for a shorter range, or less at once.',
    );
    const filter = { roomSid: ['RM_crowd'], identity: { startsWith: 'i' } };
    expect(await usage({ groupBy, filter }, 'seconds')).toHaveLength(10_000);
  });

  it('are refused with TIMEOUT when they take too long', async () => {
    const hasty = await startService({
      databaseUrl: service.settings.databaseUrl!,
      clock: { now: () => now },
      settings: { statementTimeoutMs: 30 },
    });
    const people = Array.from({ length: 200 }, () => ({ startedAt: new Date('2020-01-01') }));
    await ofPeople('RM_long', people, {}, 'seconds');
    const asked = `meter: PARTICIPANT, from: "2025-10-04T00:00:00Z", to: "2026-11-24T00:00:00Z", interval: HOUR`;
    const { errors } = await hasty.query(`{ usage(${asked}) { identities peakConcurrency } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'TIMEOUT' } }]);
    await hasty.stop();
  });
});
