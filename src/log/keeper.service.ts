import { setTimeout as pause } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  type Logger,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import pg from 'pg';
import { loggerOf } from '../database/logger-of.js';
import { Database } from '../database/database.js';
import { breakOffWhenHung } from '../database/hung-connections.js';
import { isAway, isPassing } from '../database/failure.js';
import { Clock } from '../settings/clock.js';
import { Settings } from '../settings/settings.js';
import { openStore } from './archive/store.js';
import { keepingLog, type LogKeeping } from './log-lock.js';
import { keepLog, needsKeeping } from './keep.js';
import { readPartitions } from './partitions.js';
import { dropOldMonths, oldestToDrop } from './retention.js';

/** A missing partition holds up events as long. */
const LOOK_MS = 5_000;
/** Between looks for months to drop; one that others read waits. */
const DROP_MS = 60_000;
const STOP_MS = 5_000;
const SILENCE_MS = 3_600_000;

/** Keeps the log in partitions: one of all replicas at a time. */
@Injectable()
export class LogKeeper implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private toldAt = -Infinity;
  private dropAt = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {
    this.logger = loggerOf(database, 'Log');
  }

  /** An empty log is divided, and months are made, before events come. */
  async onModuleInit(): Promise<void> {
    await this.trying(async () => {
      const isQuick = await this.asking(async (client) => {
        const { rows } = await client.query('select from webhook_event limit 1');
        return rows.length === 0 || (await readPartitions(client)) !== null;
      });
      if (isQuick) await this.divide();
    });
  }

  onApplicationBootstrap(): void {
    const look = (): void => void (this.running ??= this.look().finally(() => (this.running = null)));
    this.timer = setInterval(look, LOOK_MS).unref();
    look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    // What is broken off goes on in another process, or at the next start.
    await Promise.race([this.running, pause(STOP_MS, null, { ref: false })]);
  }

  private look(): Promise<void> {
    return this.trying(async () => {
      await this.divide();
      if (performance.now() >= this.dropAt) await this.drop();
    });
  }

  private async trying(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.stopping.signal.aborted || isAway(error) || isPassing(error)) return;
      if (performance.now() - this.toldAt < SILENCE_MS) return;
      this.toldAt = performance.now();
      const detail = error instanceof pg.DatabaseError && error.detail ? ` (${error.detail})` : '';
      this.logger.error(`The log's partitions cannot be kept: ${String(error)}${detail}`);
    }
  }

  private async divide(): Promise<void> {
    const now = Math.floor(this.clock.now() / 1000);
    if (await this.asking((client) => needsKeeping(client, now))) await this.alone((keeping) => keepLog(keeping, now));
  }

  private async drop(): Promise<void> {
    const { logRetentionMs: ageMs, archive } = this.settings;
    this.dropAt = performance.now() + DROP_MS;
    if (ageMs === null || archive === null) return;
    const limits = { now: this.clock.now(), ageMs };
    if ((await this.asking((client) => oldestToDrop(client, limits))) === null) return;
    const store = await openStore(archive);
    const dropped = await this.alone((keeping) => dropOldMonths(keeping, { ...limits, store }));
    for (const month of dropped ?? []) this.logger.log({ msg: 'A month of the log was dropped.', ...month });
  }

  private async asking<T>(ask: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const { intake } = this.database;
    const client = await intake.connect();
    const endWatch = breakOffWhenHung(intake, client);
    try {
      return await ask(client);
    } finally {
      endWatch();
      client.release();
    }
  }

  private alone<T>(work: (keeping: LogKeeping) => Promise<T>): Promise<T | null> {
    return keepingLog(this.database.url, { wait: false, stopped: this.stopping.signal }, work);
  }
}
