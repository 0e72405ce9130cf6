import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Refusal } from '../http/refusal.js';
import type { Clock } from '../settings/clock.js';
import type { Settings } from '../settings/settings.js';
import { Ledger } from './ledger.js';

const RETRY_MS = 2_000;

/** A database of the settings, and its ledger once that is open. */
export class Place {
  private opened: Ledger | null = null;
  private readonly stopping = new AbortController();
  private opening: Promise<void> | null = null;
  private readonly logger = new Logger('Ledgers');

  /** @param name by which anybody may know it; null for the only one */
  constructor(
    readonly name: string | null,
    readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Null: not yet. */
  get ledger(): Ledger | null {
    return this.opened;
  }

  /** @throws Refusal 503 UNAVAILABLE until it is open */
  require(): Ledger {
    if (this.opened !== null) return this.opened;
    throw new Refusal(503, 'UNAVAILABLE', "The project's database cannot be used yet; try again later.");
  }

  async open(): Promise<void> {
    this.opened = await Ledger.open(this.settings, this.clock);
  }

  /** Opens it in the background, as soon as it can be used. */
  openLater(error: unknown): void {
    this.opening = this.keepTrying(error);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.opening;
    await this.opened?.close();
  }

  private async keepTrying(first: unknown): Promise<void> {
    const { databaseOf } = this.settings;
    const whose = databaseOf === null ? 'The shared database' : `The database of ${databaseOf}`;
    const { signal } = this.stopping;
    let told = '';
    for (let error = first; !signal.aborted;) {
      const why = error instanceof Error ? error.message : String(error);
      if (why !== told) this.logger.error(`${whose} cannot be used, and is tried again: ${why}`);
      told = why;
      try {
        await pause(RETRY_MS, undefined, { signal, ref: false });
        await this.open();
        return this.logger.log(`${whose} is used now.`);
      } catch (again) {
        error = again;
      }
    }
  }
}
