export const YEAR_2000 = Date.UTC(2000, 0, 1);
const YEAR_2100 = Date.UTC(2100, 0, 1);
const TOLERANCE = 10 * 60_000;

/** Between 2000 and 2100, and at most ten minutes after the arrival. Both in ms. */
export function believable(ms: number, arrival: number): boolean {
  return ms >= YEAR_2000 && ms < YEAR_2100 && ms <= arrival + TOLERANCE;
}

export type Unit = 's' | 'ms' | 'us' | 'ns';
const toMs: Record<Unit, (value: bigint) => bigint> = {
  s: (value) => value * 1000n,
  ms: (value) => value,
  us: (value) => value / 1000n,
  ns: (value) => value / 1_000_000n,
};

/** In ms, rounded down; null if absent or not believable. */
export function timeOf(value: bigint | null, unit: Unit, arrival: number): number | null {
  if (value === null) return null;
  const ms = Number(toMs[unit](value));
  return believable(ms, arrival) ? ms : null;
}

/** For clocks: in the wire's unit, not rounded; 0 if absent or not believable. */
export function clockOf(value: bigint | null, unit: Unit, arrival: number): bigint {
  return timeOf(value, unit, arrival) === null ? 0n : (value ?? 0n);
}
