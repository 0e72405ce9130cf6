import { describe, expect, it, test } from 'vitest';
import { Allowance } from './allowance.js';
import { edgesOf, type UsageInterval } from './windows.js';
import { zoneOf } from './zone.js';

const edges = (interval: UsageInterval | null, zone: string, [from, to]: readonly [string, string]): string[] =>
  edgesOf({ from: Date.parse(from), to: Date.parse(to) }, interval, {
    zone: zoneOf(zone),
    allowance: new Allowance(10_000, () => undefined),
  }).map((edge) => new Date(edge).toISOString().replace(/:00\.000Z$/, 'Z'));

describe('days', () => {
  test.each<[what: string, zone: string, edges: string[]]>([
    ['are of the calendar', 'UTC', ['2026-11-01T00:00Z', '2026-11-02T00:00Z', '2026-11-03T00:00Z']],
    [
      'have 23 hours in spring',
      'Europe/Berlin',
      ['2026-03-27T23:00Z', '2026-03-28T23:00Z', '2026-03-29T22:00Z', '2026-03-30T22:00Z'],
    ],
    [
      'have 25 hours in autumn',
      'Europe/Berlin',
      ['2026-10-23T22:00Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z', '2026-10-26T23:00Z'],
    ],
    [
      'begin at the first of two midnights',
      'America/Havana',
      ['2018-11-03T04:00Z', '2018-11-04T04:00Z', '2018-11-05T05:00Z'],
    ],
    [
      'begin at the first midnight, though the day before comes back',
      'America/St_Johns',
      ['2006-10-28T02:30Z', '2006-10-29T02:30Z', '2006-10-30T03:30Z'],
    ],
    [
      'begin at one where there is no midnight',
      'America/Sao_Paulo',
      ['2018-11-03T03:00Z', '2018-11-04T03:00Z', '2018-11-05T02:00Z'],
    ],
    [
      'leave out one that a zone skips',
      'Pacific/Apia',
      ['2011-12-29T10:00Z', '2011-12-30T10:00Z', '2011-12-31T10:00Z'],
    ],
    [
      'follow a zone that changes its rules',
      'Asia/Kathmandu',
      ['1985-12-30T18:30Z', '1985-12-31T18:30Z', '1986-01-01T18:15Z'],
    ],
    [
      'follow daylight saving of half an hour',
      'Australia/Lord_Howe',
      ['2026-04-03T13:00Z', '2026-04-04T13:00Z', '2026-04-05T13:30Z'],
    ],
    [
      'follow Ramadan',
      'Africa/Casablanca',
      ['2026-02-13T23:00Z', '2026-02-14T23:00Z', '2026-02-16T00:00Z', '2026-02-17T00:00Z'],
    ],
  ])('%s', (_what, zone, expected) => {
    expect(edges('DAY', zone, [expected[0]!, expected.at(-1)!])).toEqual(expected);
  });
});

describe('hours', () => {
  test.each<[what: string, zone: string, edges: string[]]>([
    [
      'are of the wall clock, at half past',
      'Asia/Kolkata',
      ['2026-11-24T00:30Z', '2026-11-24T01:30Z', '2026-11-24T02:30Z'],
    ],
    ['are of the wall clock, at a quarter past', 'Asia/Kathmandu', ['2026-11-24T00:15Z', '2026-11-24T01:15Z']],
    [
      'go on when the clock is turned by one',
      'Europe/Berlin',
      ['2026-10-24T23:00Z', '2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z'],
    ],
    [
      'last longer where the clock is turned back by half of one',
      'Australia/Lord_Howe',
      ['2026-04-04T13:00Z', '2026-04-04T14:00Z', '2026-04-04T15:30Z', '2026-04-04T16:30Z'],
    ],
    [
      'last longer where the clock leaps over a full hour',
      'Australia/Lord_Howe',
      ['2026-10-03T14:30Z', '2026-10-03T16:00Z', '2026-10-03T17:00Z'],
    ],
  ])('%s', (_what, zone, expected) => {
    expect(edges('HOUR', zone, [expected[0]!, expected.at(-1)!])).toEqual(expected);
  });
});

describe('windows', () => {
  it('are one without an interval', () => {
    expect(edges(null, 'UTC', ['2026-01-01T00:00Z', '2027-01-01T00:00Z'])).toEqual([
      '2026-01-01T00:00Z',
      '2027-01-01T00:00Z',
    ]);
  });

  it('are clipped at both ends of the range', () => {
    expect(edges('DAY', 'UTC', ['2026-11-01T10:30Z', '2026-11-02T00:01Z'])).toEqual([
      '2026-11-01T10:30Z',
      '2026-11-02T00:00Z',
      '2026-11-02T00:01Z',
    ]);
    expect(edges('MONTH', 'UTC', ['2026-11-01T10:30Z', '2026-11-01T10:31Z'])).toHaveLength(2);
  });

  it('are weeks from Monday, across years', () => {
    expect(edges('WEEK', 'Europe/Berlin', ['2026-12-27T23:00Z', '2027-01-11T00:00Z'])).toEqual([
      '2026-12-27T23:00Z',
      '2027-01-03T23:00Z',
      '2027-01-10T23:00Z',
      '2027-01-11T00:00Z',
    ]);
  });

  it('are months, of leap years too', () => {
    expect(edges('MONTH', 'America/New_York', ['2024-01-15T00:00Z', '2024-04-01T04:00Z'])).toEqual([
      '2024-01-15T00:00Z',
      '2024-02-01T05:00Z',
      '2024-03-01T05:00Z',
      '2024-04-01T04:00Z',
    ]);
  });

  it('reach from the first year to the last', () => {
    const all = edges('MONTH', 'Asia/Tokyo', ['0001-01-01T00:00Z', '0801-01-01T00:00Z']);
    expect(all).toHaveLength(800 * 12 + 2);
    expect(edges('MONTH', 'Asia/Tokyo', ['9999-10-31T14:59:00Z', '9999-12-31T23:59:00Z'])).toEqual([
      '9999-10-31T14:59Z',
      '9999-10-31T15:00Z',
      '9999-11-30T15:00Z',
      '9999-12-31T15:00Z',
      '9999-12-31T23:59Z',
    ]);
  });

  it('are no more than the request has left', () => {
    const from = Date.parse('2026-01-01T00:00Z');
    const allowance = new Allowance(10_000, () => undefined);
    const hours = (count: number): number[] =>
      edgesOf({ from, to: from + count * 3_600_000 }, 'HOUR', { zone: zoneOf('UTC'), allowance });
    expect(hours(9_000)).toHaveLength(9_001);
    expect(hours(1_000)).toHaveLength(1_001);
    expect(() => hours(1)).toThrow(expect.objectContaining({ code: 'TOO_MANY_ROWS' }));
    expect(() => edges('HOUR', 'UTC', ['0001-01-01T00:00Z', '9999-01-01T00:00Z'])).toThrow(/10000 windows/);
  });
});

describe('a time zone', () => {
  test.each([
    'UTC',
    'europe/berlin',
    'Etc/GMT+5',
    'EST5EDT',
    'MST',
    'US/Pacific',
    'Asia/Calcutta',
    'America/Argentina/Ushuaia',
  ])('%s is known', (name) => expect(zoneOf(name)).toBeDefined());

  test.each([
    '',
    'Mars/Olympus',
    '+01:00',
    '-0330',
    'BST',
    'pst',
    'CEST',
    'GMT+1',
    'SystemV/PST8',
    'Europe/Berlin\0',
    "'",
  ])('%j is refused', (name) =>
    expect(() => zoneOf(name)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', message: expect.stringContaining(JSON.stringify(name)) }),
    ),
  );
});
