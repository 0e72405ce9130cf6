import { quotient } from './quotient.js';

export type MinuteRounding = 'NONE' | 'CEIL_SESSION' | 'CEIL_TOTAL';

/** One row of an answer; what was not asked for is undefined. */
export interface UsageRow {
  readonly from: number;
  readonly to: number;
  /** The window's number, from 1, and the group's values: what tells rows apart. */
  readonly win: number;
  readonly group: readonly (string | null)[];
  readonly milliseconds: bigint | undefined;
  readonly uncertainMilliseconds: bigint | undefined;
  readonly startedMinutes: bigint | undefined;
  readonly sessions: number | undefined;
  readonly identities: number | undefined;
  readonly openSessions: number | undefined;
  readonly peak: number | undefined;
}

/** By the rounding: exact, each session's started minutes, or the row's total rounded up once. */
export function minutes(row: UsageRow, rounding: MinuteRounding): number {
  if (rounding === 'CEIL_SESSION') return Number(row.startedMinutes);
  if (rounding === 'CEIL_TOTAL') return Number((row.milliseconds! + 59_999n) / 60_000n);
  return quotient(row.milliseconds!, 60_000);
}
