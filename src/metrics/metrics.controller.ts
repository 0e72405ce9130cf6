import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Intake } from '../intake/intake.service.js';
import { Spool } from '../intake/spool/spool.js';
import { Metrics } from './metrics.service.js';

@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly intake: Intake,
    private readonly spool: Spool,
  ) {}

  @Get()
  async show(@Res() reply: FastifyReply): Promise<void> {
    const { entries, bytes } = this.spool;
    const spool = { entries, bytes, oldest: await this.spool.oldest() };
    const text = await this.metrics.render({ databaseAway: this.intake.state !== 'committing', spool });
    reply.header('content-type', this.metrics.contentType).header('cache-control', 'no-store').send(text);
  }
}
