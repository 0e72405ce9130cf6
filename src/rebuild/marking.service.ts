import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { loggerOf } from '../database/logger-of.js';
import { Database } from '../database/database.js';
import { isAway } from '../database/failure.js';
import { applyProblemChanges } from './problem-changes.js';

const PAUSE_MS = 1_000;

/** Applies in the background what a rebuild left that was killed after its swap. */
@Injectable()
export class Marking implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private running = Promise.resolve();

  constructor(private readonly database: Database) {
    this.logger = loggerOf(database, 'Rebuild');
  }

  onApplicationBootstrap(): void {
    this.running = this.markAll().catch((error: unknown) => this.logger.error(error));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async markAll(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        return await applyProblemChanges(this.database.intake, '', signal);
      } catch (error) {
        if (!isAway(error)) throw error;
        await pause(PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }
}
