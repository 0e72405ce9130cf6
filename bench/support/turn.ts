/** The order of a round: forth, then back, so that what one leaves Postgres to clean up falls not on the same one after it. */
export function inTurn<T>(list: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? list : [...list].reverse();
}
