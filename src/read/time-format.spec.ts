import pg from 'pg';
import { expect, test } from 'vitest';
import { shownTypes } from './time-format.js';

const { TIMESTAMPTZ, INT4 } = pg.types.builtins;

test.each([
  ['2026-11-24 10:16:30+00', '2026-11-24T10:16:30.000Z'],
  ['2026-11-24 10:16:30.2+00', '2026-11-24T10:16:30.200Z'],
  ['2026-11-24 10:16:30.25+00', '2026-11-24T10:16:30.250Z'],
  ['0001-01-01 00:00:00.007+00', '0001-01-01T00:00:00.007Z'],
  ['2026-11-24 11:16:30.25+01', '2026-11-24T10:16:30.250Z'],
  ['2026-11-24 15:46:30+05:30', '2026-11-24T10:16:30.000Z'],
  ['infinity', 'infinity'],
])('shows %s as %s', (text, shown) => {
  expect(shownTypes.getTypeParser(TIMESTAMPTZ, 'text')(text)).toBe(shown);
});

test('reads other types as pg does', () => {
  expect(shownTypes.getTypeParser(INT4, 'text')('7')).toBe(7);
});
