import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ClockDoubt } from '../access/clock-doubt.service.js';
import { type HealthReport, notOpen } from '../ledgers/ledger-health.js';
import { Ledgers } from '../ledgers/ledgers.service.js';
import type { ConfiguredDatabase } from '../ledgers/configured-database.js';

interface HealthAnswer extends Partial<HealthReport> {
  /** Of several databases `unavailable` only if all are. */
  readonly status: HealthReport['status'];
  /** Doubted: many webhooks were refused for their times alone, and none has been in time since. */
  readonly clock: 'ok' | 'doubted';
  /** Where projects have databases of their own, instead of the fields of the only one. */
  readonly databases?: readonly ({ readonly database: string } & HealthReport)[];
}

@Controller('health')
export class HealthController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly clock: ClockDoubt,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async show(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthAnswer> {
    const answer = await this.answer();
    reply.code(answer.status === 'unavailable' ? 503 : 200);
    return answer;
  }

  private async answer(): Promise<HealthAnswer> {
    const { databases } = this.ledgers;
    const reports = await Promise.all(databases.map(reportOf));
    const clock = this.clock.isDoubted ? 'doubted' : 'ok';
    const status = statusOf(reports, clock === 'ok');
    if (databases[0]!.name === null) return { ...reports[0]!, status, clock };
    return { status, clock, databases: reports.map((report, at) => ({ database: databases[at]!.name!, ...report })) };
  }
}

function reportOf({ name, ledger }: ConfiguredDatabase): Promise<HealthReport> | HealthReport {
  if (ledger === null) return notOpen;
  return name === null ? ledger.health.report() : ledger.health.reportSoon();
}

function statusOf(reports: readonly HealthReport[], well: boolean): HealthReport['status'] {
  if (reports.every(({ status }) => status === 'unavailable')) return 'unavailable';
  return well && reports.every(({ status }) => status === 'ok') ? 'ok' : 'degraded';
}
