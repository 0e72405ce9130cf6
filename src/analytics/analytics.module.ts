import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ReadModule } from '../read/read.module.js';
import { AnalyticsController } from './analytics.controller.js';

@Module({ imports: [AccessModule, ReadModule], controllers: [AnalyticsController] })
export class AnalyticsModule {}
