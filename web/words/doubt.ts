import type { TimeSource } from '../generated/operations';

export interface Spanned {
  readonly from: number;
  /** Null while open. */
  readonly to: number | null;
  readonly lastSeenAt: number;
  readonly endSource: TimeSource | null;
  readonly endUncertaintySeconds: number | null;
}

const derived: ReadonlySet<TimeSource> = new Set(['CASCADED', 'SUPERSEDED', 'RECONCILED', 'EXPIRED']);

/** Its end is nobody's word. */
export const isDerived = ({ to, endSource }: Pick<Spanned, 'to' | 'endSource'>): boolean =>
  to === null || (endSource !== null && derived.has(endSource));

/** Where a session becomes uncertain, as usage counts it; of a reported end, how far it may lie from the true one. */
export function doubtfulFrom(session: Spanned, now: number): number {
  const { from, to, lastSeenAt, endUncertaintySeconds } = session;
  const end = to ?? now;
  if (isDerived(session)) return clamp(lastSeenAt, from, end);
  return clamp(end - (endUncertaintySeconds ?? 0) * 1000, from, end);
}

const clamp = (at: number, least: number, most: number): number => Math.min(most, Math.max(least, at));
