import { Controller, Get, Header } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { Ledgers } from '../ledgers/ledgers.service.js';
import { RefusalReport } from '../webhook/refusal-report.service.js';
import { joinMetrics } from './join-metrics.js';

@Controller('metrics')
export class MetricsController {
  private readonly registry = new Registry();
  private readonly refusals = new Counter({
    name: 'roomledger_refusals_total',
    help: 'Webhooks refused, by code.',
    labelNames: ['code'],
    registers: [this.registry],
  });
  private readonly away = new Gauge({
    name: 'roomledger_database_away',
    help: 'Whether a database is away.',
    labelNames: ['database'],
    registers: [this.registry],
  });
  private underWay: Promise<string> | null = null;

  constructor(
    private readonly ledgers: Ledgers,
    private readonly refused: RefusalReport,
  ) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Concurrent callers share one text, because the path is public. */
  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  show(): Promise<string> {
    this.underWay ??= this.render().finally(() => (this.underWay = null));
    return this.underWay;
  }

  private async render(): Promise<string> {
    this.refusals.reset();
    for (const [code, count] of this.refused.byCode) this.refusals.inc({ code }, count);
    const ofLedgers = this.ledgers.databases.map(({ name, ledger }) => {
      const labels = name === null ? {} : { database: name };
      this.away.set(labels, ledger?.intake.state === 'committing' ? 0 : 1);
      return ledger?.metrics.render(labels) ?? '';
    });
    return joinMetrics(await Promise.all([this.registry.metrics(), ...ofLedgers]));
  }
}
