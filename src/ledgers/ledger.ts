import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Database } from '../database/database.js';
import { IntakeEvents } from '../intake/intake-events.service.js';
import { Intake } from '../intake/intake.service.js';
import { LogReaders } from '../log/readers.js';
import { Readings } from '../read/readings.service.js';
import { Upkeep } from '../reconcile/upkeep.service.js';
import type { Clock } from '../settings/clock.js';
import type { Settings } from '../settings/settings.js';
import { LogTail } from '../stream/log-tail.service.js';
import { LedgerHealth } from './ledger-health.js';
import { LedgerMetrics } from './ledger-metrics.js';
import { LedgerModule } from './ledger.module.js';

/** One database, and what takes events into it, keeps it and reads it. */
export class Ledger {
  readonly database: Database;
  readonly intake: Intake;
  readonly events: IntakeEvents;
  readonly readings: Readings;
  readonly tail: LogTail;
  readonly logReaders: LogReaders;
  readonly upkeep: Upkeep;
  readonly health: LedgerHealth;
  readonly metrics: LedgerMetrics;

  private constructor(private readonly context: INestApplicationContext) {
    this.database = this.get(Database);
    this.intake = this.get(Intake);
    this.events = this.get(IntakeEvents);
    this.readings = this.get(Readings);
    this.tail = this.get(LogTail);
    this.logReaders = this.get(LogReaders);
    this.upkeep = this.get(Upkeep);
    this.health = new LedgerHealth(this);
    this.metrics = new LedgerMetrics(this);
  }

  /** @throws CannotStart, or what else keeps the database from being used */
  static async open(settings: Settings, clock: Clock): Promise<Ledger> {
    const module = LedgerModule.forRoot(settings, clock);
    return new Ledger(await NestFactory.createApplicationContext(module, { abortOnError: false }));
  }

  get<T>(service: Type<T>): T {
    return this.context.get(service, { strict: false });
  }

  close(): Promise<void> {
    this.health.end();
    return this.context.close();
  }
}
