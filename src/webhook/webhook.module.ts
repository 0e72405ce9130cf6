import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { IntakeModule } from '../intake/intake.module.js';
import { RefusalReport } from './refusal-report.service.js';
import { WebhookGate } from './webhook-gate.service.js';
import { WebhookController } from './webhook.controller.js';

@Module({
  imports: [AccessModule, IntakeModule],
  controllers: [WebhookController],
  providers: [RefusalReport, WebhookGate],
})
export class WebhookModule {}
