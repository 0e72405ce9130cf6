import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { beforeBody } from '../http/before-body.js';
import { Refusal } from '../http/refusal.js';
import { Access } from './access.service.js';
import type { TokenScope } from './scope.js';
import { Tickets } from './tickets.service.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    requiresScope?: boolean;
    /** Or a ticket for the URL before it. */
    takesTicket?: boolean;
  }
}

const ticketed = /^(.*)[?&]ticket=([^&]*)$/s;

/** Checks the token of each request to a route with `requiresScope`, before its body is read. */
@Injectable()
export class TokenGate implements OnModuleInit {
  private readonly scopes = new WeakMap<FastifyRequest, TokenScope>();

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    readonly access: Access,
    private readonly tickets: Tickets,
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
  scopeOf(request: FastifyRequest): TokenScope | null {
    return this.scopes.get(request) ?? null;
  }

  /** Reads what the request may, at the same URL. */
  ticketFor(request: FastifyRequest): Promise<string> {
    return this.tickets.sign(this.scopes.get(request)!, request.url);
  }

  private read({ url, headers, routeOptions }: FastifyRequest): Promise<TokenScope> {
    const [, question, ticket] = (routeOptions.config.takesTicket && ticketed.exec(url)) || [];
    return ticket === undefined ? this.access.scope(headers.authorization) : this.tickets.scopeOf(ticket, question!);
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      const scope = await this.read(request);
      request.project = scope.project;
      this.scopes.set(request, scope);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) reply.header('www-authenticate', 'Bearer');
      throw error;
    }
  }
}
