import { describe, expect, it } from 'vitest';
import { splitOf } from './split-range.js';

const at = (time: string): number => Date.parse(`2026-11-24T${time}Z`);
const edges = (...times: string[]): number[] => times.map(at);
const late = at('23:59:59.999');

describe('splitOf', () => {
  it('leaves all of an aligned range that is over to the cells', () => {
    const hours = edges('10:00', '11:00', '12:00');
    expect(splitOf(hours, late)).toEqual({ lead: [], middle: hours, tail: [] });
  });

  it('cuts off what is no whole quarter-hour', () => {
    expect(splitOf(edges('09:50:00.001', '10:00', '11:00', '11:29:59.999'), late)).toEqual({
      lead: edges('09:50:00.001', '10:00'),
      middle: edges('10:00', '11:00', '11:15'),
      tail: edges('11:15', '11:29:59.999'),
    });
  });

  it('cuts off what is not over', () => {
    expect(splitOf(edges('10:00', '11:00', '12:00', '13:00'), at('11:20'))).toEqual({
      lead: [],
      middle: edges('10:00', '11:00', '11:15'),
      tail: edges('11:15', '12:00', '13:00'),
    });
  });

  it.each([
    ['is shorter', edges('10:01', '10:29'), late],
    ['begins now', edges('10:00', '12:00'), at('10:14')],
    ['lies ahead', edges('10:00', '12:00'), at('09:00')],
    ['has windows between quarter-hours', edges('10:00', '10:07', '12:00'), late],
  ])('is null for a range that %s', (_what, range, now) => {
    expect(splitOf(range, now)).toBeNull();
  });
});
