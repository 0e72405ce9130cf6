import type { Logger } from '@nestjs/common';
import { renew } from '../database/driver/driver.js';
import { faultOf } from '../database/failure.js';
import type { Writer } from '../erased/writer.js';
import type { LedgerEvent } from '../livekit/event.js';
import { Batches } from './batching/batches.js';
import type { Failure } from './bisect.js';
import { commit, DatabaseTrouble } from './commit.js';
import type { IntakeEvents } from './intake-events.service.js';
import { Lanes } from './lanes.js';
import type { Outage } from './outage.js';
import type { Spool } from './spool/spool.js';
import { tryDatabase } from './trial.js';

export type Kept = 'committed' | 'spooled';

export interface Item {
  readonly event: LedgerEvent;
  readonly spooled: boolean;
}

export interface CommitterParts {
  readonly writer: Writer;
  readonly spool: Spool;
  readonly outage: Outage;
  readonly events: IntakeEvents;
  readonly logger: Logger;
}

type Result = Kept | PromiseLike<Kept>;

/** Commits events in batches, each event with a result of its own. What must wait goes to the spool. */
export class Committer {
  private readonly batches = new Batches<Item, Kept>((items, onWriting) => this.commit(items, onWriting));
  private readonly lanes: Lanes<Item, Kept>;

  constructor(private readonly parts: CommitterParts) {
    this.lanes = new Lanes({
      eventOf: ({ event }) => event,
      commit: (items) => this.commitLane(items),
      defer: (items) => this.defer(items),
      logger: parts.logger,
    });
  }

  get blocked(): number {
    return this.lanes.blocked;
  }

  /** @throws Refusal 503 when neither the database nor the spool took it, or what the log has against it */
  add(item: Item, bytes: number): Promise<Kept> {
    if (this.bypassesDatabase([item])) return this.putIntoSpool(item);
    return this.lanes.has(item) ? this.lanes.add(item, bytes) : this.batches.add(item, bytes);
  }

  async idle(): Promise<void> {
    await this.batches.idle();
    await this.lanes.idle();
  }

  /** During an outage only the drain tries the database, so that no request waits for a time-out. */
  private bypassesDatabase(items: readonly Item[]): boolean {
    const { outage, spool } = this.parts;
    return outage.away && spool.enabled && !items.some(({ spooled }) => spooled);
  }

  private async commit(items: readonly Item[], onWriting: () => void): Promise<readonly Result[]> {
    if (this.bypassesDatabase(items)) return this.defer(items);
    const failures = await this.tryTogether(items, onWriting);
    if (failures.every((failure) => !mustWait(failure))) this.parts.outage.end();
    else if (await this.isAway()) return items.map((item, at) => this.resultOf(failures[at]!, () => this.wait(item)));
    return items.map((item, at) => this.resultOf(failures[at]!, () => this.lanes.add(item, 0)));
  }

  private async commitLane(items: Item[]): Promise<readonly Result[] | null> {
    if (this.bypassesDatabase(items)) return this.defer(items);
    const failures = await this.tryApart(items);
    if (failures.every(mustWait)) return null;
    return items.map((item, at) => this.resultOf(failures[at]!, () => this.wait(item)));
  }

  /** Halves what the database refuses until each event that must wait stands alone; what others hold is held from all. */
  private async tryApart(items: readonly Item[]): Promise<readonly Failure[]> {
    const failures = await this.tryTogether(items);
    const refused = failures.some((failure) => mustWait(failure) && !isHeld(failure));
    if (!refused || items.length === 1) return failures;
    const middle = Math.ceil(items.length / 2);
    return [...(await this.tryApart(items.slice(0, middle))), ...(await this.tryApart(items.slice(middle)))];
  }

  private async tryTogether(items: readonly Item[], onWriting?: () => void): Promise<readonly Failure[]> {
    const began = performance.now();
    const events = items.map(({ event }) => event);
    const { committed, failures } = await commit(this.parts.writer, events, onWriting);
    const some = committed.fresh + committed.known > 0;
    if (some) this.parts.events.emit('committed', committed, (performance.now() - began) / 1000);
    return failures;
  }

  /** Whether the database takes no event at all: only then an outage begins. */
  private async isAway(): Promise<boolean> {
    const { writer, outage } = this.parts;
    const trouble = await tryDatabase(writer.pool);
    if (trouble === null) return false;
    outage.begin(trouble);
    renew(writer.pool);
    return true;
  }

  private resultOf(failure: Failure, wait: () => Promise<Kept>): Result {
    if (failure === null) return 'committed';
    return mustWait(failure) ? wait() : Promise.reject(failure.error);
  }

  private defer(items: readonly Item[]): readonly Promise<Kept>[] {
    return items.map((item) => this.wait(item));
  }

  private wait(item: Item): Promise<Kept> {
    return item.spooled ? Promise.resolve('spooled') : this.putIntoSpool(item);
  }

  private async putIntoSpool({ event: { project, receivedAt, message } }: Item): Promise<Kept> {
    await this.parts.spool.put([{ project, receivedAt, event: message }]);
    this.parts.events.emit('spooled', 1);
    return 'spooled';
  }
}

function isHeld(failure: Failure): boolean {
  return failure !== null && faultOf(failure.error) === 'held';
}

/** All but what the log refuses for the event's own values. */
function mustWait(failure: Failure): boolean {
  return failure !== null && (failure.error instanceof DatabaseTrouble || faultOf(failure.error) !== 'values');
}
