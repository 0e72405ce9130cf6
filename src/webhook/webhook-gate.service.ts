import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClockDoubt } from '../access/clock-doubt.service.js';
import { tokenOf, TokenVerifier } from '../access/token-verifier.service.js';
import { beforeBody } from '../http/before-body.js';
import { requireSize } from '../http/read-bytes.js';
import { requireHashClaim, requireType } from './webhook-checks.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Reads the body only for a token that signs one. */
    requiresSignature?: boolean;
  }
}

export interface Sender {
  readonly project: string;
  readonly sha256: string;
}

/** Checks a webhook's headers before its body is read. */
@Injectable()
export class WebhookGate implements OnModuleInit {
  private readonly senders = new WeakMap<FastifyRequest, Sender>();

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly tokens: TokenVerifier,
    private readonly doubt: ClockDoubt,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance();
    beforeBody(
      fastify,
      ({ requiresSignature }) => requiresSignature,
      (request, reply) => this.admit(request, reply),
    );
  }

  /** Call it only for requests that passed the gate. */
  senderOf(request: FastifyRequest): Sender {
    return this.senders.get(request)!;
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      const sender = await this.sender(request);
      request.project = sender.project;
      this.senders.set(request, sender);
    } catch (error) {
      // The body stays unread.
      if (!request.raw.complete) reply.header('connection', 'close');
      throw error;
    }
  }

  /** @throws Refusal */
  private async sender(request: FastifyRequest): Promise<Sender> {
    requireType(request.headers['content-type']);
    requireSize(request);
    const { project, claims } = await this.tokens.authenticate(tokenOf(request.headers.authorization));
    this.doubt.requireTime(claims);
    return { project, sha256: requireHashClaim(claims['sha256']) };
  }
}
