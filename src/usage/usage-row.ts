import { quotient } from './divide-exactly.js';

export type MinuteRounding = 'NONE' | 'CEIL_SESSION' | 'CEIL_TOTAL';

/** Undefined: not selected. */
export interface UsageRow {
  readonly from: number;
  readonly to: number;
  /** From 1. */
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

export function minutes(row: UsageRow, rounding: MinuteRounding): number {
  if (rounding === 'CEIL_SESSION') return Number(row.startedMinutes);
  if (rounding === 'CEIL_TOTAL') return Number((row.milliseconds! + 59_999n) / 60_000n);
  return quotient(row.milliseconds!, 60_000);
}
