import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Ledgers } from '../ledgers/ledgers.service.js';
import { Clock } from '../settings/clock.js';
import { rawBytes, requireHash } from './webhook-checks.js';
import { readBody } from './read-body.js';
import { WebhookGate } from './webhook-gate.service.js';

@Controller('webhook')
export class WebhookController {
  constructor(
    private readonly gate: WebhookGate,
    private readonly ledgers: Ledgers,
    private readonly clock: Clock,
  ) {}

  /** Verifies the bytes before reading them; answers once the event is durable. */
  @Post()
  @HttpCode(200)
  @RouteConfig({ rawBody: true, requiresSignature: true, reportsRefusals: true })
  async receive(@Req() request: FastifyRequest, @Body() body: unknown): Promise<void> {
    const receivedAt = this.clock.now();
    const raw = rawBytes(body);
    const { project, sha256 } = this.gate.senderOf(request);
    requireHash(sha256, raw);
    await this.ledgers.of(project).intake.accept({ project, event: readBody(raw), receivedAt, bytes: raw.length });
  }
}
