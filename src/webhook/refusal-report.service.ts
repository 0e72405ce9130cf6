import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { timeCodes } from '../access/token-verifier.service.js';
import type { FailureAnswer } from '../http/answer-failure.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    reportsRefusals?: boolean;
  }
}

/** Reports refused webhooks, including those that Fastify refuses before the controller runs. */
@Injectable()
export class RefusalReport implements OnModuleInit {
  readonly byCode = new Map<string, number>();
  private readonly logger = new Logger('Http');

  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onSend', (request, { failure }, payload, done) => {
      if (failure && (request.routeOptions.config?.reportsRefusals || isMisled(request))) this.report(failure, request);
      done(null, payload);
    });
  }

  /** LiveKit never repeats what got a 4xx, so only this log shows what is lost. */
  private report({ status, code, message }: FailureAnswer, { ip, url }: FastifyRequest): void {
    const cause = timeCodes.has(code) ? 'Clock skew' : 'Webhook refused';
    const at = url.split('?')[0]!.slice(0, LONGEST_PATH);
    this.logger.warn(`${cause} (${status} ${code}), from ${ip} to ${JSON.stringify(at)}: ${message}`);
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1);
  }
}

const LONGEST_PATH = 200;

function isMisled({ method, headers, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && routeOptions.url === undefined && headers['content-type'] === 'application/webhook+json';
}
