import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgersModule } from '../ledgers/ledgers.module.js';
import { RefusalReport } from './refusal-report.service.js';
import { WebhookGate } from './webhook-gate.service.js';
import { WebhookController } from './webhook.controller.js';

@Module({
  imports: [AccessModule, LedgersModule],
  controllers: [WebhookController],
  providers: [RefusalReport, WebhookGate],
  exports: [RefusalReport],
})
export class WebhookModule {}
