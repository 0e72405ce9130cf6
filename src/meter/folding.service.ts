import { type BeforeApplicationShutdown, Injectable, type Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { loggerOf } from '../database/logger-of.js';
import { Database } from '../database/database.js';
import { isAway, isPassing } from '../database/failure.js';
import { foldUsage } from './fold.js';

const INTERVAL_MS = 1_000;

@Injectable()
export class Folding implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;

  constructor(private readonly database: Database) {
    this.logger = loggerOf(database, 'Intake');
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => (this.running ??= this.fold()), INTERVAL_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async fold(): Promise<void> {
    try {
      await foldUsage(this.database.intake);
    } catch (error) {
      // Not urgent: queries also read deltas.
      if (!isAway(error) && !isPassing(error)) this.logger.error(error);
    } finally {
      this.running = null;
    }
  }
}
