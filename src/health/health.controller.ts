import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Health, type HealthReport } from './health.service.js';

@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get()
  @Header('cache-control', 'no-store')
  async show(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    const report = await this.health.report();
    reply.code(report.status === 'unavailable' ? 503 : 200);
    return report;
  }
}
