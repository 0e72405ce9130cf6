import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../settings.js';

/** Lets pages of `CORS_ORIGINS` read exports, as they may ask `/graphql`. */
@Injectable()
export class ExportOrigins implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    if (this.settings.corsOrigins.length === 0) return;
    this.host.httpAdapter.getInstance().addHook('onRequest', async (request, reply) => {
      return request.url.startsWith('/export/') ? this.allow(request, reply) : undefined;
    });
  }

  private allow({ method, headers }: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    const { corsOrigins } = this.settings;
    const any = corsOrigins.includes('*');
    if (!any) reply.header('vary', 'Origin');
    const { origin } = headers;
    if (origin === undefined || !(any || corsOrigins.includes(origin))) return undefined;
    reply.header('access-control-allow-origin', any ? '*' : origin);
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined;
    return reply
      .header('access-control-allow-methods', 'GET,HEAD')
      .header('access-control-allow-headers', 'authorization')
      .code(204)
      .send();
  }
}
