import { quotient } from './divide-exactly.js';
import type { Measure } from './measures.js';
import { has, type Meter } from './meters.js';
import { certainMinutes, type MinuteRounding, minutes, type UsageRow } from './usage-row.js';

export interface ShownAt {
  /** Windows that ended before it are final; in ms since 1970. */
  readonly finalBefore: number;
}

export interface RowValue {
  readonly measures: readonly Measure[];
  readonly of: (row: UsageRow, at: ShownAt) => unknown;
}

export const rowValues = {
  from: { measures: [], of: ({ from }) => new Date(from).toISOString() },
  to: { measures: [], of: ({ to }) => new Date(to).toISOString() },
  seconds: { measures: ['milliseconds'], of: ({ milliseconds }) => quotient(milliseconds!, 1_000) },
  uncertainSeconds: {
    measures: ['uncertainMilliseconds'],
    of: ({ uncertainMilliseconds }) => quotient(uncertainMilliseconds!, 1_000),
  },
  sessions: { measures: ['sessions'], of: ({ sessions }) => sessions },
  identities: { measures: ['identities'], of: ({ identities }) => identities ?? null },
  peakConcurrency: { measures: ['peak'], of: ({ peak }) => peak },
  averageConcurrency: {
    measures: ['milliseconds'],
    of: ({ milliseconds, from, to }) => quotient(milliseconds!, to - from),
  },
  bytes: { measures: ['bytes'], of: ({ bytes }) => (bytes === undefined ? null : Number(bytes)) },
  openSessions: { measures: ['openSessions'], of: ({ openSessions }) => openSessions },
  others: { measures: [], of: ({ others }) => others },
  final: {
    measures: ['openSessions'],
    of: ({ to, openSessions }, { finalBefore }) => to < finalBefore && openSessions === 0,
  },
} as const satisfies Record<string, RowValue>;

export function minutesValue(rounding: MinuteRounding): RowValue {
  const measures = [rounding === 'CEIL_SESSION' ? 'startedMinutes' : 'milliseconds'] as const;
  return { measures, of: (row) => minutes(row, rounding) };
}

export function certainMinutesValue(rounding: MinuteRounding): RowValue {
  const measures: RowValue['measures'] =
    rounding === 'CEIL_SESSION' ? ['certainMinutes'] : ['milliseconds', 'uncertainMilliseconds'];
  return { measures, of: (row) => certainMinutes(row, rounding) };
}

/** What is to be measured: fields of what the meter lacks are null. */
export function wantedBy(values: readonly Pick<RowValue, 'measures'>[], meter: Meter): Set<Measure> {
  return new Set(values.flatMap(({ measures }) => measures).filter((measure) => has(meter, measure)));
}
