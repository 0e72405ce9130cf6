import type { Pool } from 'pg';
import { isAway, isPassing } from '../database/failure.js';
import type { LedgerEvent } from '../livekit/event.js';
import { lockOf } from '../projection/lock.js';
import { commit } from './commit.js';
import { Lane } from './lane.js';
import type { IntakeObserver } from './observer.js';
import type { Outage } from './outage.js';
import type { Spool } from './spool.js';

/** Spooled: it is in the spool, for it could not be committed. */
export type Outcome = 'committed' | 'spooled';

export interface Item {
  readonly event: LedgerEvent;
  /** Whether it comes out of the spool. */
  readonly spooled: boolean;
}

export interface Surroundings {
  readonly pool: Pool;
  readonly spool: Spool;
  readonly outage: Outage;
  readonly observer: IntakeObserver;
}

const LANES = 2;

/** Many events become one commit. Those of one room name share a lane, so that lanes rarely wait for each other. */
export class Committer {
  private readonly lanes = Array.from({ length: LANES }, () => new Lane((items: Item[]) => this.commit(items)));

  constructor(private readonly around: Surroundings) {}

  /** @throws Refusal 503 when neither the database nor the spool took it, or what the database has against it */
  add(item: Item, bytes: number): Promise<Outcome> {
    const { event } = item;
    return this.lanes[hash(lockOf(event)?.key ?? event.id) % LANES]!.add(item, bytes);
  }

  async idle(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.idle()));
  }

  private async commit(items: Item[]): Promise<Outcome> {
    const { pool, spool, outage, observer } = this.around;
    // Only what comes out of the spool tries whether it is back: nobody waits for a time-out.
    if (outage.away && spool.enabled && !items.some((item) => item.spooled)) return this.keep(items);
    const began = performance.now();
    try {
      const committed = await commit(
        pool,
        items.map(({ event }) => event),
      );
      observer.committed(committed, (performance.now() - began) / 1000);
      outage.end();
      return 'committed';
    } catch (error) {
      if (!isAway(error) && !isPassing(error)) throw error;
      if (isAway(error)) outage.begin(error);
      return this.keep(items.filter(({ spooled }) => !spooled));
    }
  }

  private async keep(items: readonly Item[]): Promise<Outcome> {
    const { spool, observer } = this.around;
    if (items.length === 0) return 'spooled';
    await spool.put(
      items.map(({ event: { project, receivedAt, message } }) => ({ project, receivedAt, event: message })),
    );
    observer.spooled(items.length);
    return 'spooled';
  }
}

/** FNV-1a */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
