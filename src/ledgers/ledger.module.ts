import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { IntakeModule } from '../intake/intake.module.js';
import { LogModule } from '../log/log.module.js';
import { MeterModule } from '../meter/meter.module.js';
import { ReadModule } from '../read/read.module.js';
import { RebuildModule } from '../rebuild/rebuild.module.js';
import { ReconcileModule } from '../reconcile/reconcile.module.js';
import type { Clock } from '../settings/clock.js';
import type { Settings } from '../settings/settings.js';
import { SettingsModule } from '../settings/settings.module.js';
import { StreamModule } from '../stream/stream.module.js';

@Module({
  imports: [
    DatabaseModule,
    LogModule,
    IntakeModule,
    MeterModule,
    ReadModule,
    StreamModule,
    RebuildModule,
    ReconcileModule,
  ],
})
export class LedgerModule {
  static forRoot(settings: Settings, clock: Clock): DynamicModule {
    return { module: LedgerModule, imports: [SettingsModule.forRoot(settings, clock)] };
  }
}
