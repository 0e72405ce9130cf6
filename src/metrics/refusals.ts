import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { Metrics } from './metrics.service.js';

/** Counts the webhooks that are refused, whoever refuses them: Fastify turns some away before the door. */
@Injectable()
export class Refusals implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onSend', async (request, reply, payload) => {
      if (reply.statusCode >= 400 && request.routeOptions.url === '/webhook') this.metrics.refused(codeOf(payload));
      return payload;
    });
  }
}

function codeOf(answer: unknown): string {
  const [, code] = /^{"code":"([A-Z0-9_]{1,64})"/.exec(String(answer)) ?? [];
  return code ?? 'UNKNOWN';
}
