import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgersModule } from '../ledgers/ledgers.module.js';
import { AnalyticsController } from './analytics.controller.js';

@Module({ imports: [AccessModule, LedgersModule], controllers: [AnalyticsController] })
export class AnalyticsModule {}
