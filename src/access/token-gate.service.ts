import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { beforeBody } from '../http/before-body.js';
import { Refusal } from '../http/refusal.js';
import { Access } from './access.service.js';
import type { Scope } from './scope.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    requiresScope?: boolean;
  }
}

/** Checks the token of each request to a route with `requiresScope`, before its body is read. */
@Injectable()
export class TokenGate implements OnModuleInit {
  private readonly scopes = new WeakMap<FastifyRequest, Scope>();

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    readonly access: Access,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance();
    beforeBody(
      fastify,
      ({ requiresScope }) => requiresScope,
      (request, reply) => this.admit(request, reply),
    );
  }

  /** Null on routes without `requiresScope`. */
  scopeOf(request: FastifyRequest): Scope | null {
    return this.scopes.get(request) ?? null;
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      this.scopes.set(request, await this.access.scope(request.headers.authorization));
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) reply.header('www-authenticate', 'Bearer');
      throw error;
    }
  }
}
