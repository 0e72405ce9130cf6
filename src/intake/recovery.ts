import { setTimeout as delay } from 'node:timers/promises';
import { readEvent } from '../livekit/event.js';
import type { Committer, CommitterParts, Kept } from './committer.js';
import type { SpoolEntry } from './spool/spool.js';
import { tryDatabase } from './trial.js';

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;
const FIRST_CHUNK = 100;
const LARGEST_CHUNK = 2_000;
const RETRY_REFUSED_MS = 60_000;

/** Drains the spool once the database is back. */
export class Recovery {
  /** Entries that the log refuses, and when each is tried again. */
  private readonly refused = new Map<string, number>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;
  private size = FIRST_CHUNK;
  private drained = 0;

  constructor(
    private readonly parts: CommitterParts,
    private readonly committer: Committer,
  ) {}

  wake(): void {
    if (!this.stopping.signal.aborted) this.running ??= this.run().finally(() => (this.running = null));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { outage, spool, writer } = this.parts;
    let pause = FIRST_PAUSE_MS;
    while (!this.stopping.signal.aborted && (outage.away || spool.entries > 0)) {
      const isBack = !outage.away || (await tryDatabase(writer.pool)) === null;
      if (isBack && spool.entries === 0) outage.end();
      const committed = isBack ? await this.drain() : 0;
      pause = committed > 0 || outage.away ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
      if (outage.away || spool.entries > 0) await this.rest(pause);
    }
    if (this.drained > 0) this.parts.logger.log(`${this.drained} events of the spool are committed.`);
    this.drained = 0;
  }

  private async rest(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  /** Goes through the spool once, and passes what must still wait. @returns how many events it committed */
  private async drain(): Promise<number> {
    let [committed, before] = [0, Promise.resolve(0)];
    let next = this.read('');
    while (!this.stopping.signal.aborted) {
      const entries = await next;
      const last = entries.at(-1);
      if (last === undefined) break;
      // Reading, committing and removing overlap.
      next = this.read(last.key);
      const these = this.commit(entries.filter(({ key }) => (this.refused.get(key) ?? 0) < performance.now()));
      committed += await before;
      before = these;
      if (this.parts.outage.away && (await these) === 0) break;
    }
    return committed + (await before);
  }

  private read(after: string): Promise<SpoolEntry[]> {
    return this.parts.spool.read(after, this.size).catch((error: unknown) => {
      this.parts.logger.error(`The spool cannot be read: ${String(error)}`);
      return [];
    });
  }

  private async commit(entries: readonly SpoolEntry[]): Promise<number> {
    const results = await Promise.allSettled(entries.map((entry) => this.add(entry)));
    const committed = entries.filter((entry, at) => this.isCommitted(entry, results[at]!));
    if (committed.length > 0) await this.parts.spool.remove(committed.map(({ key }) => key));
    this.parts.events.emit('drained', committed.length);
    this.drained += committed.length;
    this.size = committed.length < entries.length ? FIRST_CHUNK : Math.min(LARGEST_CHUNK, this.size * 2);
    return committed.length;
  }

  private isCommitted({ key, event }: SpoolEntry, result: PromiseSettledResult<Kept>): boolean {
    if (result.status === 'fulfilled') {
      if (result.value !== 'committed') return false;
      this.refused.delete(key);
      return true;
    }
    if (!this.refused.has(key)) {
      const why = result.reason instanceof Error ? result.reason.message : String(result.reason);
      this.parts.logger.error(
        `The event ${String(event['id'])} stays in the spool, and is tried again every minute: ${why}`,
      );
    }
    this.refused.set(key, performance.now() + RETRY_REFUSED_MS);
    return false;
  }

  private add({ project, event, receivedAt, bytes }: SpoolEntry): Promise<Kept> {
    return this.committer.add({ event: readEvent(project, event, receivedAt), spooled: true }, bytes);
  }
}
