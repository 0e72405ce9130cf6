import { Global, Module } from '@nestjs/common';
import { IntakeModule } from '../intake/intake.module.js';
import { IntakeObserver } from '../intake/intake-events.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.service.js';
import { Refusals } from './refusals.js';

@Global()
@Module({
  imports: [IntakeModule],
  controllers: [MetricsController],
  providers: [Metrics, Refusals, { provide: IntakeObserver, useExisting: Metrics }],
  exports: [IntakeObserver],
})
export class MetricsModule {}
