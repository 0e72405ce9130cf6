import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { isWritable } from '../database/probe.js';
import { readEvent } from '../livekit/event.js';
import { Refusal } from '../http/refusal.js';
import type { Committer, CommitterParts, Kept } from './committer.js';
import type { SpoolEntry } from './spool/spool.js';

const PROBE_INTERVAL_MS = 300;
const FIRST_CHUNK = 100;
const MOST = 2_000;
/** For one event alone, while the database answers. */
const ATTEMPTS = 5;
const RETRY_STUCK_MS = 60_000;

/** Waits for the database and commits what the spool holds. */
export class Recovery {
  private readonly logger = new Logger('Intake');
  private readonly stuck = new Set<string>();
  private running: Promise<void> | null = null;
  private stopping = false;
  private size = FIRST_CHUNK;
  private failures = 0;
  private drained = 0;

  constructor(
    private readonly parts: CommitterParts,
    private readonly committer: Committer,
  ) {}

  wake(): void {
    if (!this.stopping) this.running ??= this.run().finally(() => (this.running = null));
  }

  /** What is spooled stays for the next start. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  private get left(): boolean {
    return this.parts.spool.entries > this.stuck.size;
  }

  private async run(): Promise<void> {
    while (!this.stopping && (this.parts.outage.away || this.left)) {
      const done = (await isWritable(this.parts.pool)) && (await this.drain());
      if (!done) await pause(PROBE_INTERVAL_MS);
    }
    if (this.drained > 0) this.logger.log(`${this.drained} events of the spool are committed.`);
    this.drained = 0;
    if (this.stuck.size > 0) setTimeout(() => this.retryStuck(), RETRY_STUCK_MS).unref();
  }

  /** Returns whether nothing is left. The database counts as back with the first commit. */
  private async drain(): Promise<boolean> {
    if (!this.left) this.parts.outage.end();
    let next = this.read('');
    let before: Promise<boolean> = Promise.resolve(true);
    while (!this.stopping) {
      const kept = await next;
      const last = kept?.at(-1);
      if (kept === null || last === undefined) return (await before) && kept !== null;
      // Reading, committing and removing overlap.
      next = this.read(last.key);
      const these = this.commit(kept.filter(({ key }) => !this.stuck.has(key)));
      if (!(await before)) {
        await these;
        return false;
      }
      before = these;
    }
    return before;
  }

  private read(after: string): Promise<SpoolEntry[] | null> {
    return this.parts.spool.read(after, this.size).catch(() => null);
  }

  /** Removes from the spool only after the commit. */
  private async commit(chunk: readonly SpoolEntry[]): Promise<boolean> {
    const outcomes = await Promise.allSettled(chunk.map((kept) => this.add(kept)));
    const committed = chunk.filter((_, at) => {
      const outcome = outcomes[at];
      return outcome?.status === 'fulfilled' && outcome.value === 'committed';
    });
    if (committed.length > 0) await this.parts.spool.remove(committed.map(({ key }) => key));
    this.parts.events.emit('drained', committed.length);
    this.drained += committed.length;
    if (committed.length < chunk.length) return this.giveWay(chunk, outcomes);
    this.size = Math.min(MOST, this.size * 2);
    this.failures = 0;
    return true;
  }

  private add({ project, event, receivedAt, bytes }: SpoolEntry): Promise<Kept> {
    return this.committer.add({ event: readEvent(project, event, receivedAt), spooled: true }, bytes);
  }

  /** Shrinks the next chunk until the event that the database refuses stands alone; then it is skipped. */
  private giveWay(chunk: readonly SpoolEntry[], outcomes: readonly PromiseSettledResult<Kept>[]): boolean {
    const [only] = chunk;
    const [outcome] = outcomes;
    if (only === undefined || outcome === undefined || chunk.length > 1) {
      this.size = Math.max(1, Math.floor(this.size / 8));
      return false;
    }
    const reason: unknown = outcome.status === 'rejected' ? outcome.reason : null;
    const refused = reason !== null && !(reason instanceof Refusal);
    if (!refused && ++this.failures < ATTEMPTS) return false;
    this.failures = 0;
    this.stuck.add(only.key);
    const why = reason instanceof Error ? reason.message : 'its commit fails';
    this.logger.error(`The event ${String(only.event['id'])} stays in the spool, and is tried again later: ${why}`);
    return true;
  }

  private retryStuck(): void {
    this.stuck.clear();
    this.wake();
  }
}
