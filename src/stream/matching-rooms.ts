export const MOST_MATCHING = 10_000;

/** Which rooms matched a filter, so that it can be told that one stopped. Keeps those that changed last. */
export class MatchingRooms {
  private readonly known = new Set<string>();
  private complete = true;

  /** In the order in which they may be forgotten, the last first. */
  fill(keys: readonly string[]): void {
    this.complete &&= keys.length < MOST_MATCHING;
    for (const key of keys.toReversed()) this.known.add(key);
  }

  keys(): Iterable<string> {
    return this.known;
  }

  matched(key: string): boolean {
    return this.known.has(key) || !this.complete;
  }

  note(key: string, matches: boolean): void {
    this.known.delete(key);
    if (matches) this.known.add(key);
    if (this.known.size <= MOST_MATCHING) return;
    this.complete = false;
    this.known.delete(this.known.values().next().value!);
  }
}
