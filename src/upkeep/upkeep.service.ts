import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../database/database.js';
import { isAway, isPassing } from '../database/failure.js';
import { Clock } from '../settings/clock.js';
import { Settings } from '../settings/settings.js';
import { expire } from './expiry.js';
import { Lease } from './lease.js';

const RENEW_MS = 5_000;
const ROUND_MS = 60_000;

/** Once a minute, on one replica: ends what nobody ends. */
@Injectable()
export class Upkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Upkeep');
  private readonly lease: Lease;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private roundAt = -Infinity;

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.lease = new Lease(database, 'upkeep', randomUUID());
  }

  onApplicationBootstrap(): void {
    if (this.settings.expireAfterMs === null) return;
    this.timer = setInterval(
      () => (this.running ??= this.turn().finally(() => (this.running = null))),
      RENEW_MS,
    ).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    if (this.timer !== undefined) await this.lease.release().catch(() => undefined);
  }

  private async turn(): Promise<void> {
    try {
      if (!(await this.lease.take()) || performance.now() - this.roundAt < ROUND_MS) return;
      this.roundAt = performance.now();
      await this.round();
    } catch (error) {
      if (!isAway(error) && !isPassing(error)) this.logger.error(error);
    }
  }

  /** @returns how many sessions it ended */
  async round(): Promise<number> {
    const { expireAfterMs } = this.settings;
    const ended = await expire(this.database.intake, {
      now: this.clock.now(),
      expireAfterMs,
      askedAt: () => undefined,
    });
    if (ended > 0) this.logger.log(`Ended ${ended} sessions of which nobody has heard for too long.`);
    return ended;
  }
}
