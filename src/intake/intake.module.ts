import { Module } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Settings } from '../settings/settings.js';
import { Folding } from '../meter/folding.service.js';
import { Intake } from './intake.service.js';
import { Spool } from './spool/spool.js';

@Module({
  providers: [Intake, Folding, { provide: Spool, useFactory: openSpool, inject: [Settings, Database] }],
  exports: [Intake, Spool],
})
export class IntakeModule {}

/** After the database, which makes DATA_DIR its own. */
async function openSpool(settings: Settings, database: Database): Promise<Spool> {
  try {
    return await Spool.open(settings);
  } catch (error) {
    await database.onApplicationShutdown();
    throw error;
  }
}
