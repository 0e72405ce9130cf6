import { describe, expect, it } from 'vitest';
import { marksOf } from './session-marks.js';

const at = (time: string): number => Date.parse(`2026-11-24T${time}Z`);
const told = { endSource: 'REPORTED', lastSeenAt: 0 };
const none = { starts: 0, ends: 0, offsetMs: 0, offsetMinutes: 0, doubts: 0, doubtOffsetMs: 0 };

describe('marksOf', () => {
  it('counts the start of an open session in its quarter-hour', () => {
    const session = { startedAt: at('10:16:30.250'), endedAt: null, endSource: null, lastSeenAt: 0 };
    expect(marksOf(session)).toEqual([{ ...none, at: at('10:15'), starts: 1, offsetMs: 90_250, offsetMinutes: 1 }]);
  });

  it('counts an end in the quarter-hour that it closes', () => {
    const [, end] = marksOf({ startedAt: at('10:00'), endedAt: at('10:30'), ...told });
    expect(end).toEqual({ ...none, at: at('10:15'), ends: 1, offsetMs: -900_000, offsetMinutes: -15 });
  });

  it('ends with the last started minute, counted from the start', () => {
    const [start, end] = marksOf({ startedAt: at('10:00:50'), endedAt: at('10:01:51'), ...told });
    expect(start!.offsetMinutes + end!.offsetMinutes).toBe(-2);
  });

  it('is empty for what lasts no time', () => {
    expect(marksOf({ startedAt: at('10:00'), endedAt: at('10:00'), ...told })).toEqual([]);
  });

  it('doubts what lies after the last sign of life of a session whose end was derived', () => {
    const lost = { startedAt: at('10:00'), endedAt: at('10:20'), endSource: 'CASCADED', lastSeenAt: at('10:10') };
    expect(marksOf(lost).slice(2)).toEqual([
      { ...none, at: at('10:00'), doubts: 1, doubtOffsetMs: 600_000 },
      { ...none, at: at('10:15'), doubts: -1, doubtOffsetMs: -300_000 },
    ]);
    expect(marksOf({ ...lost, lastSeenAt: at('10:20') })).toHaveLength(2);
    expect(marksOf({ ...lost, lastSeenAt: at('09:00') })[2]).toMatchObject({ at: at('10:00'), doubtOffsetMs: 0 });
  });
});
