import { Module } from '@nestjs/common';
import { IntakeModule } from '../intake/intake.module.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.service.js';

@Module({ imports: [IntakeModule], controllers: [MetricsController], providers: [Metrics] })
export class MetricsModule {}
