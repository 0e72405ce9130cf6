import { Controller, Get, Header } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Intake } from '../intake/intake.service.js';
import { Upkeep } from '../reconcile/upkeep.service.js';
import { Metrics } from './metrics.service.js';

@Controller('metrics')
export class MetricsController {
  private underWay: Promise<string> | null = null;

  constructor(
    private readonly metrics: Metrics,
    private readonly intake: Intake,
    private readonly upkeep: Upkeep,
  ) {}

  /** Concurrent callers share one text, because the path is public. */
  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  show(): Promise<string> {
    this.underWay ??= this.render().finally(() => (this.underWay = null));
    return this.underWay;
  }

  private async render(): Promise<string> {
    const { entries, bytes, setAside, lost } = this.intake.spool;
    const spool = { entries, bytes, setAside, lost, oldest: await this.intake.spool.oldest() };
    return this.metrics.render({ databaseAway: this.intake.state !== 'committing', spool, rounds: this.upkeep.tally });
  }
}
