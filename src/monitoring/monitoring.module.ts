import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgersModule } from '../ledgers/ledgers.module.js';
import { WebhookModule } from '../webhook/webhook.module.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';

@Module({ imports: [AccessModule, LedgersModule, WebhookModule], controllers: [HealthController, MetricsController] })
export class MonitoringModule {}
