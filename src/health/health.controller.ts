import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Health } from './health.service.js';

@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get()
  async show(@Res() reply: FastifyReply): Promise<void> {
    const report = await this.health.report();
    reply
      .code(report.status === 'unavailable' ? 503 : 200)
      .header('cache-control', 'no-store')
      .send(report);
  }
}
