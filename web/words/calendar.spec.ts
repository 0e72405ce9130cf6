import { describe, expect, it } from 'vitest';
import { addDays, isDay, isZone, offset, rangeOf, startOfDay, timeIn, utc } from './calendar';

const iso = (at: number): string => new Date(at).toISOString();

describe('a day begins', () => {
  it.each([
    ['2026-11-30', 'Europe/Berlin', '2026-11-29T23:00:00.000Z'],
    ['2026-11-30', 'UTC', '2026-11-30T00:00:00.000Z'],
    ['2026-11-30', 'Asia/Kathmandu', '2026-11-29T18:15:00.000Z'],
    ['2026-11-30', 'Pacific/Kiritimati', '2026-11-29T10:00:00.000Z'],
    ['2026-11-30', 'Pacific/Pago_Pago', '2026-11-30T11:00:00.000Z'],
    // The clocks went from 24:00 to 1:00.
    ['2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
  ])('%s in %s at %s', (day, zone, start) => {
    expect(iso(startOfDay(day, zone))).toBe(start);
  });

  it('25 hours before the next where clocks are set back', () => {
    const { from, to } = rangeOf('2026-10-25', '2026-10-25', 'Europe/Berlin');
    expect((Date.parse(to) - Date.parse(from)) / 3_600_000).toBe(25);
  });
});

it('a range includes its last day, whichever end is named first', () => {
  const november = { from: '2026-10-31T23:00:00.000Z', to: '2026-11-30T23:00:00.000Z' };
  expect(rangeOf('2026-11-01', '2026-11-30', 'Europe/Berlin')).toEqual(november);
  expect(rangeOf('2026-11-30', '2026-11-01', 'Europe/Berlin')).toEqual(november);
});

it('days are counted across months and years', () => {
  expect([addDays('2026-12-31', 1), addDays('2028-03-01', -1), addDays('2026-11-30', -6)]).toEqual([
    '2027-01-01',
    '2028-02-29',
    '2026-11-24',
  ]);
});

it.each([
  ['2026-11-30', true],
  ['2026-13-01', false],
  ['30.11.2026', false],
  ['', false],
])('%j is a day: %s', (text, expected) => {
  expect(isDay(text)).toBe(expected);
});

it('times are shown in the zone, and exact in UTC', () => {
  const at = Date.UTC(2026, 10, 30, 23, 5, 41, 418);
  expect(['clock', 'minute', 'day', 'iso day'].map((form) => timeIn('Asia/Tokyo', at, form as 'clock'))).toEqual([
    '08:05:41',
    '08:05',
    '1 Dec 2026',
    '2026-12-01',
  ]);
  expect(utc(at)).toBe('2026-11-30 23:05:41.418 UTC');
});

it('zones have offsets that follow summer time', () => {
  expect([offset('Europe/Berlin', Date.UTC(2026, 6)), offset('UTC', 0), offset('Asia/Kathmandu', 1e12)]).toEqual([
    '+02:00',
    '+00:00',
    '+05:45',
  ]);
  expect([isZone('Europe/Berlin'), isZone('Europe/Atlantis'), isZone('')]).toEqual([true, false, false]);
});
