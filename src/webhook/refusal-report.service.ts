import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { timeCodes } from '../access/token-verifier.service.js';
import type { FailureAnswer } from '../http/answer-failure.js';
import { IntakeEvents } from '../intake/intake-events.service.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    reportsRefusals?: boolean;
  }
}

/** Reports refused webhooks, including those that Fastify refuses before the controller runs. */
@Injectable()
export class RefusalReport implements OnModuleInit {
  private readonly logger = new Logger('Http');

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly events: IntakeEvents,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onSend', ({ routeOptions }, { failure }, payload, done) => {
      if (failure && routeOptions.config.reportsRefusals) this.report(failure);
      done(null, payload);
    });
  }

  /** LiveKit never repeats what got a 4xx, so only this log shows what is lost. */
  private report({ status, code, message }: FailureAnswer): void {
    const cause = timeCodes.has(code) ? 'Clock skew' : 'Webhook refused';
    this.logger.warn(`${cause} (${status} ${code}): ${message}`);
    this.events.emit('refused', code);
  }
}
