import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FailureAnswer } from '../http/answer-failure.js';
import { IntakeEvents } from '../intake/intake-events.service.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Each refusal gets a line in the log and counts in the metrics. */
    tellsRefusals?: boolean;
  }
}

const clockSkew = new Set(['TOKEN_EXPIRED', 'TOKEN_NOT_YET_VALID']);

/** Tells of refused webhooks, also of those that Fastify refuses before they reach the controller. */
@Injectable()
export class WebhookRefusals implements OnModuleInit {
  private readonly logger = new Logger('Http');

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly events: IntakeEvents,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onSend', ({ routeOptions }, { failure }, payload, done) => {
      if (failure && routeOptions.config.tellsRefusals) this.tell(failure);
      done(null, payload);
    });
  }

  /** LiveKit never repeats what was answered with 4xx, so only the log can tell what was lost. */
  private tell({ status, code, message }: FailureAnswer): void {
    const cause = clockSkew.has(code) ? 'Clock skew' : 'Webhook refused';
    this.logger.warn(`${cause} (${status} ${code}): ${message}`);
    this.events.emit('refused', code);
  }
}
