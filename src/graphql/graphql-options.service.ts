import { Injectable } from '@nestjs/common';
import type { GqlOptionsFactory } from '@nestjs/graphql';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import { type DocumentNode, type GraphQLSchema, NoSchemaIntrospectionCustomRule } from 'graphql';
import { TokenGate } from '../access/token-gate.service.js';
import { Readings } from '../read/readings.service.js';
import { Settings } from '../settings/settings.js';
import type { ApiContext } from './api-context.js';
import { sizesOf, type Variables } from './cost/argument-size.js';
import { checkLimits, nothingSpent } from './cost/limits.js';
import { parseOptions, refuseAmbiguousGet, refuseForeignDocument } from './document-checks.js';
import { formatErrors } from './errors.js';
import { rowFields } from './row-fields.js';
import { sdl } from './sdl.js';
import { exactJson } from '../read/exact-json.js';

/**
 * Skipping the check of each value saves a fifth of Node's time; test/graphql/compiled.spec.ts checks the types. A
 * constant, because Mercurius's types lack this option.
 */
const compiling = { compilerOptions: { disableLeafSerialization: true } };

@Injectable()
export class GraphqlOptions implements GqlOptionsFactory<MercuriusDriverConfig> {
  /** Documents found within the limits, each with the argument sizes of its last request. */
  private readonly within = new WeakMap<DocumentNode, string>();

  constructor(
    private readonly settings: Settings,
    private readonly gate: TokenGate,
    private readonly readings: Readings,
  ) {}

  createGqlOptions(): Omit<MercuriusDriverConfig, 'driver'> {
    return {
      path: '/graphql',
      typeDefs: sdl,
      resolvers: rowFields,
      jit: 1,
      ...compiling,
      cache: 500,
      graphiql: false,
      allowBatchedQueries: false,
      graphql: { parseOptions },
      validationRules: this.settings.introspection ? [] : [NoSchemaIntrospectionCustomRule],
      additionalRouteOptions: {
        config: { requiresScope: true, answersAsGraphql: true },
        // Mercurius' response schema would turn the indexes of an error's path into strings.
        serializerCompiler: () => exactJson,
      },
      context: (request: FastifyRequest) => this.contextOf(request),
      errorFormatter: formatErrors,
      hooks: {
        preParsing: refuseAmbiguousGet,
        preValidation: refuseForeignDocument,
        preExecution: this.preExecution,
      },
    };
  }

  private contextOf(request: FastifyRequest): ApiContext | object {
    const scope = this.gate.scopeOf(request);
    return scope === null ? {} : { reading: this.readings.of(scope), settings: this.settings, spent: nothingSpent() };
  }

  private requireWithin(schema: GraphQLSchema, document: DocumentNode, variables: Variables): void {
    const sizes = sizesOf(variables);
    if (this.within.get(document) === sizes) return;
    const limits = { depth: this.settings.queryMaxDepth, cost: this.settings.queryMaxCost };
    checkLimits(schema, document, { limits, variables });
    this.within.set(document, sizes);
  }

  private readonly preExecution = async (
    schema: GraphQLSchema,
    document: DocumentNode,
    ...[, variables]: [unknown, unknown?]
  ) => {
    this.requireWithin(schema, document, (variables ?? {}) as Variables);
    // Mercurius compiles only the first operation of a document, and would run it for any other name.
    const operations = document.definitions.filter(({ kind }) => kind === 'OperationDefinition');
    return operations.length > 1 ? { document } : undefined;
  };
}
