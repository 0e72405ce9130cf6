import { expect, it } from 'vitest';
import { division, filling, gaps, isMonth, monthOf, monthPiece, piecesOf } from './months.js';

const at = (text: string): number => Date.parse(`${text}Z`) / 1000;
const now = at('2026-11-30T12:00:00');

it('divides a log by months of UTC, three of them ahead', () => {
  expect(piecesOf(at('2026-10-31T23:59:59'), now)).toEqual([
    { name: 'webhook_event_undated', from: -Infinity, to: 1 },
    { name: 'webhook_event_past', from: 1, to: at('2026-10-01T00:00:00') },
    { name: 'webhook_event_2026_10', from: at('2026-10-01T00:00:00'), to: at('2026-11-01T00:00:00') },
    { name: 'webhook_event_2026_11', from: at('2026-11-01T00:00:00'), to: at('2026-12-01T00:00:00') },
    { name: 'webhook_event_2026_12', from: at('2026-12-01T00:00:00'), to: at('2027-01-01T00:00:00') },
    { name: 'webhook_event_2027_01', from: at('2027-01-01T00:00:00'), to: at('2027-02-01T00:00:00') },
    { name: 'webhook_event_2027_02', from: at('2027-02-01T00:00:00'), to: at('2027-03-01T00:00:00') },
    { name: 'webhook_event_future', from: at('2027-03-01T00:00:00'), to: Infinity },
  ]);
});

it.each([at('1971-01-01T00:00:00'), at('2026-11-30T00:00:00'), at('2038-01-01T00:00:00')])(
  'leaves no gap for a log that begins at %s, and makes no more months than a plan can bear',
  (first) => {
    const pieces = piecesOf(first, now);
    expect(gaps(pieces)).toEqual([]);
    expect(pieces.length).toBeLessThanOrEqual(246);
  },
);

it('needs a further month as soon as one begins', () => {
  const [future] = piecesOf(now, now).slice(-1);
  expect(division(future!, now)).toBeNull();
  expect(division(future!, at('2026-12-01T00:00:00'))).toEqual([
    { name: 'webhook_event_2027_03', from: at('2027-03-01T00:00:00'), to: at('2027-04-01T00:00:00') },
    { name: 'webhook_event_future', from: at('2027-04-01T00:00:00'), to: Infinity },
  ]);
});

it.each(piecesOf(at('2026-09-03T00:00:00'), now).map(({ name }) => [name]))('fills the gap where %s was', (name) => {
  const pieces = piecesOf(at('2026-09-03T00:00:00'), now);
  const [gap] = gaps(pieces.filter((piece) => piece.name !== name));
  expect(filling(gap!, now)).toEqual(pieces.filter((piece) => piece.name === name));
});

it('fills all of a log', () => {
  expect(gaps(filling({ from: -Infinity, to: Infinity }, now))).toEqual([]);
});

it('knows whole months', () => {
  expect(monthOf(now, 2)).toBe(at('2027-01-01T00:00:00'));
  expect(isMonth(monthPiece(monthOf(now)))).toBe(true);
  expect(isMonth({ from: 1, to: monthOf(now) })).toBe(false);
  expect(isMonth({ from: monthOf(now), to: Infinity })).toBe(false);
});
