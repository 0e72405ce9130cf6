import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  const stay = (sid: string, identity: string, [from, to]: [string, string]): object => ({
    sid,
    identity,
    startedAt: at(from),
    endedAt: at(to),
    endSource: 'REPORTED',
  });
  await rows.participants(
    stay('PA_1', 'ann', ['10:00:00', '10:30:00']),
    stay('PA_2', 'ann', ['11:10:00', '11:20:00']),
    stay('PA_3', 'bob', ['10:00:00', '10:40:00']),
    stay('PA_4', 'Cy', ['11:00:00', '11:40:00']),
    stay('PA_5', 'dot', ['11:00:00', '11:05:00']),
    stay('PA_6', 'eve', ['11:00:00', '11:05:00']),
    stay('PA_7', 'eve', ['11:04:00', '11:05:00']),
  );
  const file = (sizeBytes: number | null): object => ({ kind: 'FILE', sizeBytes });
  await rows.egresses(
    { egressId: 'EG_1', endedAt: at('11:00:00'), outputs: [file(100), file(null), file(11)] },
    { egressId: 'EG_2', endedAt: at('11:00:00.001'), outputs: [file(2 ** 50)] },
    { egressId: 'EG_3', startedAt: at('11:00:00'), endedAt: at('11:00:00'), outputs: [file(5)] },
    { egressId: 'EG_4', outputs: [file(7)] },
  );
  await rows.countUsage();
});
afterAll(() => service.stop());

const hours = { from: '2026-11-24T10:00:00Z', to: '2026-11-24T12:00:00Z', interval: 'HOUR' };

interface Shown {
  readonly from: string;
  readonly group: { value: string | null }[];
  readonly others: boolean;
  readonly [field: string]: unknown;
}

async function usage(asked: object, fields: string): Promise<Shown[]> {
  const { data, errors } = await service.query<{ usage: Shown[] }>(
    `query ($meter: Meter!, $from: DateTime!, $to: DateTime!, $interval: UsageInterval, $groupBy: [UsageDimension!], $top: UsageTop) {
      usage(meter: $meter, from: $from, to: $to, interval: $interval, groupBy: $groupBy, top: $top) { from group { value } others ${fields} }
    }`,
    { meter: 'PARTICIPANT', ...hours, ...asked },
  );
  if (errors !== undefined) throw new Error(`${errors[0]!.extensions.code}: ${errors[0]!.message}`);
  return data.usage;
}

const byIdentity = [{ field: 'IDENTITY' }];
const told = ({ from, group, others, ...rest }: Shown): unknown[] => [
  from.slice(11, 16),
  others ? 'others' : group[0]!.value,
  ...Object.values(rest),
];

describe('the top groups', () => {
  it('are those with the most over all of the range, best first, equal ones in byte order', async () => {
    // Cy, ann and bob have as much.
    const two = await usage({ groupBy: byIdentity, top: { by: 'SECONDS', first: 2 } }, 'seconds');
    expect(two.map(told)).toEqual([
      ['10:00', 'ann', 1800],
      ['11:00', 'Cy', 2400],
      ['11:00', 'ann', 600],
    ]);
    const three = await usage({ groupBy: byIdentity, top: { by: 'SECONDS', first: 3 } }, 'seconds');
    expect(three.map(told)).toEqual([
      ['10:00', 'ann', 1800],
      ['10:00', 'bob', 2400],
      ['11:00', 'Cy', 2400],
      ['11:00', 'ann', 600],
    ]);
  });

  it('leave one row a window for the others, whose identities and peak are computed', async () => {
    const top = { by: 'SESSIONS', first: 1, others: true };
    const rows = await usage({ groupBy: byIdentity, top }, 'seconds sessions identities peakConcurrency');
    expect(rows.map(told)).toEqual([
      ['10:00', 'ann', 1800, 1, 1, 1],
      ['10:00', 'others', 2400, 1, 1, 1],
      ['11:00', 'ann', 600, 1, 1, 1],
      ['11:00', 'others', 3060, 4, 3, 4],
    ]);
    expect(rows.filter(({ others }) => others).map(({ group }) => group)).toEqual([
      [{ value: null }],
      [{ value: null }],
    ]);
  });

  it('have no others where there are none', async () => {
    const top = { by: 'IDENTITIES', first: 5, others: true };
    expect((await usage({ groupBy: byIdentity, top }, 'seconds')).some(({ others }) => others)).toBe(false);
    expect(await usage({ groupBy: [], top }, 'seconds')).toHaveLength(2);
    const nowhere = { from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' };
    expect(await usage({ ...nowhere, groupBy: byIdentity, top }, 'seconds')).toEqual([]);
  });

  it.each([
    [{ by: 'SECONDS', first: 0 }, 'A top of 0 groups is not between 1 and 1000.'],
    [{ by: 'SECONDS', first: 1001 }, 'A top of 1001 groups is not between 1 and 1000.'],
    [{ by: 'BYTES', first: 1 }, 'The meter PARTICIPANT has no BYTES to rank groups by.'],
    [{ meter: 'ROOM', by: 'IDENTITIES', first: 1 }, 'The meter ROOM has no IDENTITIES to rank groups by.'],
  ])(
    'are refused for %j',
    async ({ meter = 'PARTICIPANT', ...top }: { meter?: string; by: string; first: number }, message) => {
      await expect(usage({ meter, top }, 'seconds')).rejects.toThrow(`BAD_USER_INPUT: ${message}`);
    },
  );

  it('may be a thousand', async () => {
    const top = { by: 'PEAK_CONCURRENCY', first: 1_000 };
    expect(await usage({ groupBy: byIdentity, top }, 'peakConcurrency')).toHaveLength(6);
  });
});

it('bytes are those of egresses that ended in (from, to]', async () => {
  const rows = await usage({ meter: 'EGRESS' }, 'bytes sessions');
  expect(rows.map(({ bytes, sessions }) => [bytes, sessions])).toEqual([
    [111, 3],
    [2 ** 50, 2],
  ]);
  expect(await usage({ interval: null }, 'bytes')).toMatchObject([{ bytes: null }]);
});
