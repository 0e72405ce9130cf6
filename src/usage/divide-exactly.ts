/** Rounded once, to the nearest double. */
export function quotient(total: bigint, by: number): number {
  if (total <= Number.MAX_SAFE_INTEGER) return Number(total) / by;
  return Number(`${(total * 10n ** 30n) / BigInt(by)}e-30`);
}
