import { Module } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Settings } from '../settings/settings.js';
import { IntakeEvents } from './intake-events.service.js';
import { Intake } from './intake.service.js';
import { Spool } from './spool/spool.js';

@Module({
  providers: [Intake, IntakeEvents, { provide: Spool, useFactory: openSpool, inject: [Settings, Database] }],
  exports: [Intake, IntakeEvents, Spool],
})
export class IntakeModule {}

/** Opens after the database, which gives DATA_DIR to the account that runs the server. */
async function openSpool(settings: Settings, database: Database): Promise<Spool> {
  try {
    return await Spool.open(settings);
  } catch (error) {
    // Nest calls no shutdown hooks when it fails to start.
    await database.onApplicationShutdown();
    throw error;
  }
}
