import type { Pool } from 'pg';
import { isAway, isPassing } from '../database/failure.js';
import type { LedgerEvent } from '../livekit/event.js';
import { Batches } from './batches.js';
import { commit } from './commit.js';
import type { IntakeObserver } from './intake-events.js';
import type { Outage } from './outage.js';
import type { Spool } from './spool/spool.js';

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

/** Many events become one commit. */
export class Committer {
  private readonly batches = new Batches((items: Item[], writing) => this.commit(items, writing));

  constructor(private readonly around: Surroundings) {}

  /** @throws Refusal 503 when neither the database nor the spool took it, or what the database has against it */
  add(item: Item, bytes: number): Promise<Outcome> {
    return this.batches.add(item, bytes);
  }

  idle(): Promise<void> {
    return this.batches.idle();
  }

  private async commit(items: Item[], writing: () => void): Promise<Outcome> {
    const { pool, spool, outage, observer } = this.around;
    // Only what comes out of the spool tries whether it is back: nobody waits for a time-out.
    if (outage.away && spool.enabled && !items.some((item) => item.spooled)) return this.keep(items);
    const began = performance.now();
    try {
      const committed = await commit(
        pool,
        items.map(({ event }) => event),
        writing,
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
