interface MeasureSql {
  readonly piece: string;
  readonly total: string;
}

export type Measure =
  | 'milliseconds'
  | 'uncertainMilliseconds'
  | 'startedMinutes'
  | 'certainMinutes'
  | 'sessions'
  | 'starts'
  | 'identities'
  | 'openSessions'
  | 'bytes'
  | 'peak';

const until = 'least(end_ms, upper_ms)';
const since = 'greatest(start_ms, lower_ms)';

// Minute k begins at start + 60k. Those that began before an instant are the minutes up to it, rounded up.
const minutesBefore = (instant: string): string => `(${instant} - start_ms + 59999) / 60000`;

const written = `(select sum((output ->> 'sizeBytes')::numeric) from json_array_elements(outputs) as output)`;

/** Whole milliseconds as text, so that sums are exact. Null counts as nothing. */
export const measures: Readonly<Record<Exclude<Measure, 'peak'>, MeasureSql>> = {
  milliseconds: { piece: `${until} - ${since}`, total: 'sum(milliseconds)::text' },
  uncertainMilliseconds: {
    piece: `greatest(${until} - greatest(doubt_ms, lower_ms), 0)`,
    total: 'sum("uncertainMilliseconds")::text',
  },
  startedMinutes: { piece: `${minutesBefore(until)} - ${minutesBefore(since)}`, total: 'sum("startedMinutes")::text' },
  certainMinutes: {
    piece: `${minutesBefore(`least(${until}, greatest(doubt_ms, ${since}))`)} - ${minutesBefore(since)}`,
    total: 'sum("certainMinutes")::text',
  },
  sessions: { piece: '1', total: 'count(sessions)::int' },
  starts: { piece: 'case when start_ms >= lower_ms then 1 end', total: 'count(starts)::int' },
  identities: { piece: 'of_identity', total: 'count(distinct identities)::int' },
  openSessions: { piece: 'case when ended_at is null then 1 end', total: 'count("openSessions")::int' },
  bytes: {
    piece: `case when ended_at is not null and end_ms <= upper_ms then ${written} end`,
    total: 'coalesce(sum(bytes), 0)::text',
  },
};

export const pieceMilliseconds = measures.milliseconds.piece;
export const pieceEnds = { since, until };
