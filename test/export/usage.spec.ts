import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

type Row = Record<string, unknown> & { group: { dimension: string; value: string | null }[] };

const range = { from: '2026-11-24T09:30:00Z', to: '2026-11-24T12:00:00Z' };

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  await rows.rooms({ metadataJson: { tenant: { id: 'a,"b"' } } });
  await rows.participants(
    { startedAt: at('10:00:00'), endedAt: at('10:01:30.5'), endSource: 'CASCADED', lastSeenAt: at('10:01:00') },
    { sid: 'PA_2', startedAt: at('10:59:00'), identity: 'bob', roomName: 'other', roomSid: 'RM_2' },
  );
  await rows.tracks({ endedAt: at('10:30:00') });
  await rows.countUsage();
});
afterAll(() => service.stop());

async function get(format: string, parameters: Record<string, string>): Promise<Response> {
  const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
  return fetch(`${service.url}/export/usage.${format}?${new URLSearchParams(parameters)}`, { headers });
}

async function lines(parameters: Record<string, string>): Promise<unknown[]> {
  const response = await get('jsonl', parameters);
  expect(response.status).toBe(200);
  const text = await response.text();
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
}

const fields = `from to group { dimension value } seconds uncertainSeconds minutes
  minutesCeilSession: minutes(rounding: CEIL_SESSION) minutesCeilTotal: minutes(rounding: CEIL_TOTAL)
  certainMinutes certainMinutesCeilSession: certainMinutes(rounding: CEIL_SESSION)
  certainMinutesCeilTotal: certainMinutes(rounding: CEIL_TOTAL)
  sessions identities peakConcurrency averageConcurrency bytes openSessions others final`;

/** GraphQL's rows, each dimension in a column of its own. */
async function asked(variables: object): Promise<unknown[]> {
  const query = `query ($meter: Meter!, $from: DateTime!, $to: DateTime!, $interval: UsageInterval, $timeZone: String,
    $groupBy: [UsageDimension!], $filter: UsageFilter, $top: UsageTop) { usage(meter: $meter, from: $from, to: $to, interval: $interval,
    timeZone: $timeZone, groupBy: $groupBy, filter: $filter, top: $top) { ${fields} } }`;
  const { data, errors } = await service.query<{ usage: Row[] }>(query, variables);
  expect(errors).toBeUndefined();
  return data.usage.map(({ group, ...row }) => ({
    ...row,
    ...Object.fromEntries(group.map(({ dimension, value }) => [dimension, value])),
  }));
}

describe('an export of usage', () => {
  const groupBy = [{ field: 'ROOM_NAME' }, { roomMetadata: 'tenant.id' }];
  const questions: Record<string, Record<string, unknown>> = {
    'of one window': { meter: 'PARTICIPANT' },
    'by hour': { meter: 'PARTICIPANT', interval: 'HOUR' },
    'of a zone of half an hour': { meter: 'PARTICIPANT', interval: 'HOUR', timeZone: 'Asia/Kolkata' },
    'by dimensions': { meter: 'PARTICIPANT', interval: 'HOUR', groupBy },
    filtered: { meter: 'PARTICIPANT', filter: { identity: { in: ['bob'] }, roomName: { startsWith: 'o' } } },
    'without identities': { meter: 'ROOM', groupBy: [{ roomNamePrefix: 'i' }] },
    'of tracks': { meter: 'TRACK', groupBy: [{ field: 'TRACK_TYPE' }] },
    'of the top': { meter: 'PARTICIPANT', groupBy, top: { by: 'SECONDS', first: 1 } },
    'of the top and the rest': {
      meter: 'PARTICIPANT',
      interval: 'HOUR',
      groupBy,
      top: { by: 'PEAK_CONCURRENCY', first: 1, others: true },
    },
    'of what cells hold': { meter: 'TRACK', interval: 'HOUR', top: { by: 'SESSIONS', first: 1, others: true } },
    'of nothing': { meter: 'EGRESS', groupBy },
  };
  it.each(Object.entries(questions))('%s has the rows of GraphQL', async (_what, question) => {
    const texts = Object.entries(question).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const rows = await lines({ ...range, ...Object.fromEntries(texts) });
    expect(rows).toEqual(await asked({ ...range, ...question }));
  });

  it('has a column of each dimension, also without rows', async () => {
    const question = { ...range, groupBy: JSON.stringify(groupBy), fields: 'group,from,seconds' };
    expect(await (await get('csv', { ...question, meter: 'EGRESS' })).text()).toBe(
      'ROOM_NAME,roomMetadata:tenant.id,from,seconds\r\n',
    );
    expect(await (await get('csv', { ...question, meter: 'PARTICIPANT' })).text()).toBe(
      [
        'ROOM_NAME,roomMetadata:tenant.id,from,seconds',
        'daily,"a,""b""",2026-11-24T09:30:00.000Z,90.5',
        'other,,2026-11-24T09:30:00.000Z,3660',
        '',
      ].join('\r\n'),
    );
  });

  it('has all that a row of the API has', async () => {
    const head = (await (await get('csv', { ...range, meter: 'ROOM' })).text()).split('\r\n')[0];
    expect(head).toBe(
      fields
        .replace('group { dimension value } ', '')
        .replace(/: (?:minutes|certainMinutes)\([^)]*\)/g, '')
        .split(/\s+/)
        .join(),
    );
  });
});

describe('more rows than the API answers', () => {
  const crowd = 30_000;
  const long = { from: '2025-09-01T00:00:00Z', to: '2026-11-25T00:00:00Z' };
  beforeAll(async () => {
    // In the night before, and one of them in each of four hours.
    await service.database.intake.query(
      `insert into agent_job (project, job_id, waiting, started_at, start_source, ended_at, end_source, last_seen_at,
         first_seen_at, type, status, agent_identity, agent_name, info_clock, info)
       select 'default', 'AJ_' || n, false, start, 'REPORTED', start + length, 'REPORTED', start, start, 'JT_ROOM',
         'JS_SUCCESS', case when n % 1000 = 7 then '' else 'i' || n end, case when n % 3 = 0 then 'r' || n % 7 end, '', '{}'
       from generate_series(1, $1) as n, lateral (select timestamptz '2026-11-23 20:00Z' + n * interval '10 ms' as start,
         case when n = 4 then interval '3 h' else interval '10 min' end as length) as life`,
      [crowd],
    );
    await new Rows(service.database).countUsage();
  });

  const nameOf = (n: number): string | null => (n % 3 === 0 ? `r${n % 7}` : null);

  it('are all in the file, each once, in order', async () => {
    const night = { from: '2026-11-23T20:00:00Z', to: '2026-11-24T00:00:00Z', meter: 'AGENT_JOB' };
    const groupBy = [{ field: 'AGENT_NAME' }, { field: 'IDENTITY' }];
    const rows = (await lines({
      ...night,
      interval: 'HOUR',
      groupBy: JSON.stringify(groupBy),
      fields: 'from,group,seconds,sessions',
    })) as { from: string; AGENT_NAME: string | null; IDENTITY: string; seconds: number; sessions: number }[];
    const keys = rows.map(({ from, AGENT_NAME, IDENTITY }) => `${from} ${AGENT_NAME ?? '~'} ${IDENTITY}`);
    expect(keys).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(new Set(keys).size).toBe(keys.length);
    // One person is there in four hours; 30 without a name are one for each region.
    const nameless = new Set(Array.from({ length: 30 }, (_, n) => nameOf(1_000 * n + 7)));
    expect(rows.length).toBe(crowd - 30 + nameless.size + 3);
    expect(rows.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(crowd + 3);
    const [{ seconds }] = (await asked(night)) as [{ seconds: number }];
    expect(rows.reduce((sum, row) => sum + Math.round(row.seconds * 1000), 0) / 1000).toBe(seconds);
    const whole = await lines({ ...night, groupBy: JSON.stringify(groupBy), fields: 'group,sessions' });
    expect(whole).toHaveLength(crowd - 30 + nameless.size);
    const names = new Set(whole.map((row) => JSON.stringify({ ...(row as object), sessions: 0 })));
    expect(names.size).toBe(whole.length);
  });

  it('may have more windows too, with a top of all of them', async () => {
    const top = { by: 'SESSIONS', first: 2, others: true };
    for (const groupBy of [[{ field: 'IDENTITY' }], [{ field: 'PROJECT' }], []]) {
      const question = { ...long, meter: 'AGENT_JOB', interval: 'HOUR' };
      const texts = { groupBy: JSON.stringify(groupBy), top: JSON.stringify(top) };
      const rows = await lines({ ...question, ...texts, fields: 'from,group,sessions,seconds,others' });
      const recent = { ...question, from: '2026-11-20T00:00:00Z', groupBy, top };
      const answered = (await asked(recent)) as Record<string, unknown>[];
      expect(rows).toMatchObject(
        answered.map(({ from, sessions, seconds, others }) => ({ from, sessions, seconds, others })),
      );
      expect(rows.length).toBeGreaterThanOrEqual(4);
    }
  });
});

describe('a question is refused', () => {
  const question = { ...range, meter: 'PARTICIPANT' };
  const cases: Record<string, [parameters: Record<string, string>, code: string, message: RegExp]> = {
    'without a meter': [range, 'BAD_USER_INPUT', /^The parameter meter is missing\.$/],
    'without a range': [{ meter: 'ROOM' }, 'BAD_USER_INPUT', /^The parameter from is missing\.$/],
    'of an unknown meter': [
      { ...range, meter: 'PEOPLE' },
      'BAD_USER_INPUT',
      /^The parameter meter is wrong: .*"PEOPLE"/,
    ],
    'of an empty range': [{ ...question, to: range.from }, 'BAD_USER_INPUT', /^The range from .* is empty\.$/],
    'of an unknown zone': [{ ...question, timeZone: 'Mars' }, 'BAD_USER_INPUT', /time zone "Mars"/],
    'of a dimension that is none': [
      { ...question, groupBy: '[{}]' },
      'BAD_USER_INPUT',
      /groupBy\.0 is wrong|^A dimension/,
    ],
    'of a dimension that the meter lacks': [
      { ...question, groupBy: '[{"field":"AGENT_NAME"}]' },
      'BAD_USER_INPUT',
      /^The meter PARTICIPANT has no dimension AGENT_NAME\.$/,
    ],
    'of a filter that the meter lacks': [
      { ...question, filter: '{"trackType":["AUDIO"]}' },
      'BAD_USER_INPUT',
      /^The meter PARTICIPANT has no filter trackType\.$/,
    ],
    'with an unknown field': [{ ...question, fields: 'breakdown' }, 'BAD_USER_INPUT', /^There is no field "breakdown"/],
    'of a top that is too long': [
      { ...question, top: '{"by":"SECONDS","first":1001}' },
      'BAD_USER_INPUT',
      /^A top of 1001 groups is not between 1 and 1000\.$/,
    ],
    'of a top by what is no measure': [
      { ...question, top: '{"by":"MINUTES","first":1}' },
      'BAD_USER_INPUT',
      /^The parameter top\.by is wrong: .*"MINUTES"/,
    ],
    'of windows over too many years': [
      { ...question, from: '1800-01-01T00:00:00Z', interval: 'HOUR' },
      'BAD_USER_INPUT',
      /more than 200 years to cut by HOUR\.$/,
    ],
  };
  it.each(Object.entries(cases))('%s', async (_what, [parameters, code, message]) => {
    const response = await get('csv', parameters);
    const refusal = { code, message: expect.stringMatching(message) as unknown };
    expect([response.status, await response.json()]).toEqual([400, refusal]);
  });
});
