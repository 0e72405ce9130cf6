import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { Database } from '../database/database.js';
import { isAway, isPassing } from '../database/failure.js';
import { Clock } from '../settings/clock.js';
import { keepingLog } from './log-lock.js';
import { keepLog, needsKeeping } from './keep.js';
import { readPartitions } from './partitions.js';

/** A missing partition holds up events as long. */
const LOOK_MS = 5_000;
/** A failure that lasts is told once an hour. */
const SILENCE_MS = 3_600_000;

/** Keeps the log in partitions: one of all replicas at a time. */
@Injectable()
export class LogKeeper implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Log');
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private toldAt = -Infinity;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** An empty log is divided, and months are made, before events come. */
  async onModuleInit(): Promise<void> {
    const { rows } = await this.database.intake.query<{ empty: boolean }>(
      'select not exists (select from webhook_event) as empty',
    );
    if (rows[0]!.empty || (await readPartitions(this.database.intake)) !== null) await this.look();
  }

  onApplicationBootstrap(): void {
    const look = (): void => void (this.running ??= this.look().finally(() => (this.running = null)));
    this.timer = setInterval(look, LOOK_MS).unref();
    look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.running;
  }

  private async look(): Promise<void> {
    const { signal: stopped } = this.stopping;
    const now = Math.floor(this.clock.now() / 1000);
    try {
      if (!(await needsKeeping(this.database.intake, now))) return;
      await keepingLog(this.database.url, { wait: false, stopped }, (keeping) => keepLog(keeping, now));
    } catch (error) {
      if (stopped.aborted || isAway(error) || isPassing(error)) return;
      if (performance.now() - this.toldAt < SILENCE_MS) return;
      this.toldAt = performance.now();
      this.logger.error(`The log's partitions cannot be kept: ${String(error)}`);
    }
  }
}
