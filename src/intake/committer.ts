import type { Pool } from 'pg';
import { isAway, isPassing } from '../database/failure.js';
import type { LedgerEvent } from '../livekit/event.js';
import { Batches } from './batching/batches.js';
import { commit } from './commit.js';
import type { IntakeEvents } from './intake-events.service.js';
import type { Outage } from './outage.js';
import type { Spool } from './spool/spool.js';

export type Kept = 'committed' | 'spooled';

export interface Item {
  readonly event: LedgerEvent;
  readonly spooled: boolean;
}

export interface CommitterParts {
  readonly pool: Pool;
  readonly spool: Spool;
  readonly outage: Outage;
  readonly events: IntakeEvents;
}

/** Commits events in batches; puts them into the spool while the database is away. */
export class Committer {
  private readonly batches = new Batches((items: Item[], onWriting) => this.commit(items, onWriting));

  constructor(private readonly parts: CommitterParts) {}

  /** @throws Refusal 503 when neither the database nor the spool took it, or what the database has against it */
  add(item: Item, bytes: number): Promise<Kept> {
    return this.bypassesDatabase([item]) ? this.putIntoSpool([item]) : this.batches.add(item, bytes);
  }

  idle(): Promise<void> {
    return this.batches.idle();
  }

  /** During an outage only spooled events try the database: no request waits for a time-out. */
  private bypassesDatabase(items: readonly Item[]): boolean {
    const { outage, spool } = this.parts;
    return outage.away && spool.enabled && !items.some(({ spooled }) => spooled);
  }

  private async commit(items: readonly Item[], onWriting: () => void): Promise<Kept> {
    if (this.bypassesDatabase(items)) return this.putIntoSpool(items);
    const { pool, outage, events } = this.parts;
    const began = performance.now();
    try {
      const committed = await commit(
        pool,
        items.map(({ event }) => event),
        onWriting,
      );
      events.emit('committed', committed, (performance.now() - began) / 1000);
      outage.end();
      return 'committed';
    } catch (error) {
      if (!isAway(error) && !isPassing(error)) throw error;
      if (isAway(error)) outage.begin(error);
      return this.putIntoSpool(items.filter(({ spooled }) => !spooled));
    }
  }

  private async putIntoSpool(items: readonly Item[]): Promise<Kept> {
    const { spool, events } = this.parts;
    if (items.length === 0) return 'spooled';
    await spool.put(
      items.map(({ event: { project, receivedAt, message } }) => ({ project, receivedAt, event: message })),
    );
    events.emit('spooled', items.length);
    return 'spooled';
  }
}
