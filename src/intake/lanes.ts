import { Lane } from './lane.js';

const LANES = 2;
/** Fewer than these share a lane: a commit costs much, and one more event in it little. */
const MANY = 64;

/** Lanes side by side: of many items those of one key share one, so that lanes rarely wait for each other's rows. */
export class Lanes<T, R = void> {
  private readonly lanes: Lane<T, R>[];

  constructor(commit: (items: T[]) => Promise<R>) {
    this.lanes = Array.from({ length: LANES }, () => new Lane(commit));
  }

  add(item: T, { key, bytes }: { key: string; bytes: number }): Promise<R> {
    const unanswered = this.lanes.reduce((sum, lane) => sum + lane.unanswered, 0);
    return this.lanes[unanswered < MANY ? 0 : hash(key) % LANES]!.add(item, bytes);
  }

  /** Kept when nothing waits any more. */
  async idle(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.idle()));
  }
}

/** FNV-1a */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
