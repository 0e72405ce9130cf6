import { Injectable } from '@nestjs/common';
import type { GqlOptionsFactory } from '@nestjs/graphql';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenGate } from '../access/token-gate.service.js';
import { Ledgers } from '../ledgers/ledgers.service.js';
import { Settings } from '../settings/settings.js';
import { Answering } from './answering.js';
import { type ApiContext, limitsOf } from './api-context.js';
import { nothingSpent } from './cost/cost-walk.js';
import type { DriverConfig } from './driver.js';
import { rowFields } from './row-fields.js';
import { serveGraphql } from './route.js';
import { sdl } from './sdl.js';

@Injectable()
export class GraphqlOptions implements GqlOptionsFactory<DriverConfig> {
  constructor(
    private readonly settings: Settings,
    private readonly gate: TokenGate,
    private readonly ledgers: Ledgers,
  ) {}

  createGqlOptions(): Omit<DriverConfig, 'driver'> {
    const { introspection } = this.settings;
    return {
      path: '/graphql',
      typeDefs: sdl,
      resolvers: rowFields,
      serve: (schema, fastify) => {
        const answering = new Answering(schema, { introspection, limits: limitsOf(this.settings) });
        serveGraphql(fastify, answering, (request, reply) => this.contextOf(request, reply));
      },
    };
  }

  private contextOf(request: FastifyRequest, { raw }: FastifyReply): ApiContext {
    const scope = this.gate.scopeOf(request)!;
    const reading = this.ledgers.of(scope.project).readings.of(scope, raw);
    return { expiresAt: scope.expiresAt, reading, settings: this.settings, spent: nothingSpent() };
  }
}
