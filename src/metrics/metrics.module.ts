import { Module } from '@nestjs/common';
import { IntakeModule } from '../intake/intake.module.js';
import { ReconcileModule } from '../reconcile/reconcile.module.js';
import { StreamModule } from '../stream/stream.module.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.service.js';

@Module({
  imports: [IntakeModule, ReconcileModule, StreamModule],
  controllers: [MetricsController],
  providers: [Metrics],
})
export class MetricsModule {}
