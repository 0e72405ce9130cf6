import { quotient } from './divide-exactly.js';

export type MinuteRounding = 'NONE' | 'CEIL_SESSION' | 'CEIL_TOTAL';

/** Undefined: not selected. */
export interface UsageRow {
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly win: number;
  readonly group: readonly (string | null)[];
  /** Whether it sums the groups that a top left out; their values are null. */
  readonly others: boolean;
  readonly milliseconds: bigint | undefined;
  readonly uncertainMilliseconds: bigint | undefined;
  readonly startedMinutes: bigint | undefined;
  /** Of those started, what began before the session's last sign of life. */
  readonly certainMinutes: bigint | undefined;
  readonly sessions: number | undefined;
  readonly identities: number | undefined;
  readonly openSessions: number | undefined;
  readonly peak: number | undefined;
  readonly bytes: bigint | undefined;
}

export function minutes(row: UsageRow, rounding: MinuteRounding): number {
  if (rounding === 'CEIL_SESSION') return Number(row.startedMinutes);
  return minutesOf(row.milliseconds!, rounding);
}

export function certainMinutes(row: UsageRow, rounding: MinuteRounding): number {
  if (rounding === 'CEIL_SESSION') return Number(row.certainMinutes);
  return minutesOf(row.milliseconds! - row.uncertainMilliseconds!, rounding);
}

function minutesOf(milliseconds: bigint, rounding: MinuteRounding): number {
  return rounding === 'CEIL_TOTAL' ? Number((milliseconds + 59_999n) / 60_000n) : quotient(milliseconds, 60_000);
}
