import { Module } from '@nestjs/common';
import { Clock } from '../settings/clock.js';
import { Settings } from '../settings/settings.js';
import { Ledgers } from './ledgers.service.js';

@Module({
  providers: [
    {
      provide: Ledgers,
      useFactory: (settings: Settings, clock: Clock) => Ledgers.open(settings, clock),
      inject: [Settings, Clock],
    },
  ],
  exports: [Ledgers],
})
export class LedgersModule {}
