import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { IntakeModule } from '../intake/intake.module.js';
import { ReconcileModule } from '../reconcile/reconcile.module.js';
import { HealthController } from './health.controller.js';
import { Health } from './health.service.js';

@Module({
  imports: [AccessModule, IntakeModule, ReconcileModule],
  controllers: [HealthController],
  providers: [Health],
})
export class HealthModule {}
