import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Upkeep } from '../reconcile/upkeep.service.js';
import { Health, type HealthReport } from './health.service.js';

interface HealthAnswer extends HealthReport {
  /** The last round of the project whose last round is the oldest; null where this process makes none. */
  readonly reconcile: { readonly endedAt: string; readonly failed: readonly string[] } | null;
}

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly upkeep: Upkeep,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async show(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthAnswer> {
    const report = await this.health.report();
    reply.code(report.status === 'unavailable' ? 503 : 200);
    return { ...report, reconcile: this.oldestRound() };
  }

  private oldestRound(): HealthAnswer['reconcile'] {
    const [oldest] = [...this.upkeep.lastRounds.values()].sort((a, b) => a.ended - b.ended);
    return oldest ? { endedAt: new Date(oldest.ended).toISOString(), failed: oldest.failed } : null;
  }
}
