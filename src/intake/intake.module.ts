import { Module } from '@nestjs/common';
import { Database } from '../database/database.js';
import { loggerOf } from '../database/logger-of.js';
import { Writer } from '../erased/writer.js';
import { Settings } from '../settings/settings.js';
import { IntakeEvents } from './intake-events.service.js';
import { Intake } from './intake.service.js';
import { Spool } from './spool/spool.js';

@Module({
  providers: [
    Intake,
    IntakeEvents,
    { provide: Writer, useFactory: openWriter, inject: [Database] },
    { provide: Spool, useFactory: openSpool, inject: [Settings, Database, Writer] },
  ],
  exports: [IntakeEvents],
})
export class IntakeModule {}

async function openWriter(database: Database): Promise<Writer> {
  const writer = new Writer(database);
  return orClose(
    database,
    writer.requireKey().then(() => writer),
  );
}

/** Opens after the database, which gives DATA_DIR to the account that runs the server. */
function openSpool(settings: Settings, database: Database): Promise<Spool> {
  return orClose(database, Spool.open(settings, loggerOf(database, 'Spool')));
}

/** Nest calls no shutdown hooks when it fails to start. */
async function orClose<T>(database: Database, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    await database.onApplicationShutdown();
    throw error;
  }
}
