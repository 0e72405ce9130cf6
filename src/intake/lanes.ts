import type { Logger } from '@nestjs/common';
import type { LedgerEvent } from '../livekit/event.js';
import { lockOf } from '../projection/lock.js';
import { Batches } from './batching/batches.js';

/** Of the pool's five connections: batches and folding need the others. */
const SLOTS = 2;
/** After a failure the events of a room are not tried again for so long, each time twice as long. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 30_000;
const MOST_WAIT_MS = 3_000;
const MOST_LANES = 1_000;
const FORGET_MS = 60_000;

export interface LaneWork<T, R> {
  readonly eventOf: (item: T) => LedgerEvent;
  readonly commit: (items: T[]) => Promise<readonly (R | PromiseLike<R>)[] | null>;
  readonly defer: (items: readonly T[]) => readonly PromiseLike<R>[];
  readonly logger: Logger;
}

/**
 * Events of rooms (or of other things that a lock stands for) that failed though the database takes others: each room
 * commits by itself, so that its trouble is nobody else's.
 */
export class Lanes<T, R> {
  private readonly lanes = new Map<string, Lane<T, R>>();
  private readonly slots = new Slots(SLOTS);

  constructor(private readonly work: LaneWork<T, R>) {}

  /** Rooms whose events wait or are repeated. One that LiveKit has given up on is not blocked for ever. */
  get blocked(): number {
    const since = performance.now() - FORGET_MS;
    return [...this.lanes.values()].filter(({ failedAt }) => failedAt !== null && failedAt > since).length;
  }

  has(item: T): boolean {
    return this.lanes.size > 0 && this.lanes.has(keyOf(this.work.eventOf(item)));
  }

  add(item: T, bytes: number): Promise<R> {
    const key = keyOf(this.work.eventOf(item));
    const lane = this.lanes.get(key) ?? this.open(key);
    return lane.batches.add(item, bytes);
  }

  async idle(): Promise<void> {
    await Promise.all(Array.from(this.lanes.values(), ({ batches }) => batches.idle()));
  }

  private open(key: string): Lane<T, R> {
    if (this.lanes.size >= MOST_LANES) this.forget();
    const lane: Lane<T, R> = {
      failedAt: null,
      restMs: FIRST_REST_MS,
      batches: new Batches((items) => this.commit(key, lane, items)),
    };
    this.lanes.set(key, lane);
    return lane;
  }

  private forget(): void {
    const before = performance.now() - FORGET_MS;
    for (const [key, { failedAt }] of this.lanes) if ((failedAt ?? Infinity) < before) this.lanes.delete(key);
  }

  private async commit(key: string, lane: Lane<T, R>, items: T[]): Promise<readonly (R | PromiseLike<R>)[]> {
    if (lane.failedAt !== null && performance.now() - lane.failedAt < lane.restMs) return this.work.defer(items);
    const results = await this.slots.run(() => this.work.commit(items), MOST_WAIT_MS);
    if (results === null) {
      if (lane.failedAt === null) this.work.logger.warn('The events of a room cannot be committed, while others are.');
      lane.restMs = lane.failedAt === null ? FIRST_REST_MS : Math.min(lane.restMs * 2, LONGEST_REST_MS);
      lane.failedAt = performance.now();
      return this.work.defer(items);
    }
    if (lane.failedAt !== null) this.work.logger.log('The events of a room are committed again.');
    if (this.lanes.get(key) === lane) this.lanes.delete(key);
    return results;
  }
}

interface Lane<T, R> {
  readonly batches: Batches<T, R>;
  /** null: it has not failed by itself. */
  failedAt: number | null;
  restMs: number;
}

function keyOf(event: LedgerEvent): string {
  const lock = lockOf(event);
  return lock === null ? '' : [lock.kind, lock.project, lock.key].join('\u0000');
}

/** Lets so many work at once; who waits too long does not work. */
class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<V>(work: () => Promise<V>, mostWaitMs: number): Promise<V | null> {
    const asked = performance.now();
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return performance.now() - asked > mostWaitMs ? null : await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
