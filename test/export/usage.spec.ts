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
  sessions identities peakConcurrency averageConcurrency openSessions final`;

/** GraphQL's rows, each dimension in a column of its own. */
async function asked(variables: object): Promise<unknown[]> {
  const query = `query ($meter: Meter!, $from: DateTime!, $to: DateTime!, $interval: UsageInterval, $timeZone: String,
    $groupBy: [UsageDimension!], $filter: UsageFilter) { usage(meter: $meter, from: $from, to: $to, interval: $interval,
    timeZone: $timeZone, groupBy: $groupBy, filter: $filter) { ${fields} } }`;
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
    'with too many windows': [
      { ...question, from: '2020-01-01T00:00:00Z', interval: 'HOUR' },
      'TOO_MANY_ROWS',
      /more than 10000 windows/,
    ],
  };
  it.each(Object.entries(cases))('%s', async (_what, [parameters, code, message]) => {
    const response = await get('csv', parameters);
    const refusal = { code, message: expect.stringMatching(message) as unknown };
    expect([response.status, await response.json()]).toEqual([400, refusal]);
  });
});
