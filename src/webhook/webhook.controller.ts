import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { tokenOf, TokenVerifier } from '../access/token-verifier.service.js';
import { Intake } from '../intake/intake.service.js';
import { Clock } from '../settings/clock.js';
import { rawBytes, requireHash } from './raw-body.js';
import { readBody } from './read-body.js';

@Controller('webhook')
export class WebhookController {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly intake: Intake,
    private readonly clock: Clock,
  ) {}

  /** Verifies the bytes before reading them; answers once the event is durable. */
  @Post()
  @HttpCode(200)
  @RouteConfig({ rawBody: true, reportsRefusals: true })
  async receive(@Headers('authorization') authorization: string | undefined, @Body() body: unknown): Promise<void> {
    const receivedAt = this.clock.now();
    const raw = rawBytes(body);
    const { project, claims } = await this.tokens.verify(tokenOf(authorization));
    requireHash(claims['sha256'], raw);
    await this.intake.accept({ project, event: readBody(raw), receivedAt, bytes: raw.length });
  }
}
