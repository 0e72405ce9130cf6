import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Refusal } from '../http/refusal.js';
import type { Clock } from '../settings/clock.js';
import type { Settings } from '../settings/settings.js';
import { Ledger } from './ledger.js';

const RETRY_MS = 2_000;
const LATE_MS = 1_000;
const SILENCE_MS = { same: 3_600_000, other: 60_000 };

/** A database of the settings, and its ledger once that is open. */
export class ConfiguredDatabase {
  private opened: Ledger | null = null;
  private readonly stopping = new AbortController();
  private readonly logger = new Logger('Ledgers');

  /** @param name for health and metrics, which anybody may read; null for the only one */
  constructor(
    readonly name: string | null,
    readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

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
    if (this.stopping.signal.aborted) await this.opened.close();
  }

  /** Opens it in the background, as soon as it can be used. @param attempt that failed or has not ended */
  async keepTrying(attempt: Promise<void>): Promise<void> {
    const { databaseOf } = this.settings;
    const whose = databaseOf === null ? 'The shared database' : `The database of ${databaseOf}`;
    const { signal } = this.stopping;
    const tell = this.teller(whose);
    const late = setTimeout(() => tell('It does not answer yet, or another process migrates it.'), LATE_MS).unref();
    for (let trying = attempt; ; trying = this.open()) {
      try {
        await trying;
        clearTimeout(late);
        return this.logger.log(`${whose} is used now.`);
      } catch (error) {
        clearTimeout(late);
        tell(error instanceof Error ? error.message : String(error));
      }
      await pause(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
    }
  }

  private teller(whose: string): (why: string) => void {
    let [told, toldAt] = ['', -Infinity];
    return (why) => {
      const now = performance.now();
      if (now - toldAt < (why === told ? SILENCE_MS.same : SILENCE_MS.other)) return;
      [told, toldAt] = [why, now];
      this.logger.error(`${whose} cannot be used, and is tried again: ${why}`);
    };
  }

  /** Does not wait for an attempt: it may hang, and nothing depends on it yet. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.opened?.close();
  }
}
