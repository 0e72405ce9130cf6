import { Injectable } from '@nestjs/common';
import type { GqlOptionsFactory } from '@nestjs/graphql';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import { type DocumentNode, type GraphQLSchema, NoSchemaIntrospectionCustomRule } from 'graphql';
import { Access } from '../access/access.service.js';
import type { Scope } from '../access/scope.js';
import { Settings } from '../settings/settings.js';
import { sizesOf, type Variables } from './cost/argument-size.js';
import { parseOptions, refuseAmbiguousGet, refuseForeignDocument } from './document.js';
import { door } from './door.js';
import { formatErrors } from './errors.js';
import { checkLimits, nothingSpent } from './cost/limits.js';
import { Readings } from '../read/reading.js';
import { resolvers } from './resolvers.js';
import { sdl } from './sdl.js';

/**
 * Rows hold what their types say (test/graphql-compiled.spec.ts): to check each value again took a fifth of Node's
 * time. Apart, because Mercurius's types do not know this option.
 */
const compiling = { compilerOptions: { disableLeafSerialization: true } };

/** How Mercurius serves the schema. */
@Injectable()
export class GraphqlOptions implements GqlOptionsFactory<MercuriusDriverConfig> {
  private readonly scopes = new WeakMap<FastifyRequest, Scope>();
  /** Of documents that were within the limits, the sizes that were asked for last: Mercurius keeps documents. */
  private readonly within = new WeakMap<DocumentNode, string>();

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly readings: Readings,
  ) {}

  createGqlOptions(): Omit<MercuriusDriverConfig, 'driver'> {
    return {
      path: '/graphql',
      typeDefs: sdl,
      resolvers,
      jit: 1,
      ...compiling,
      cache: 500,
      graphiql: false,
      allowBatchedQueries: false,
      graphql: { parseOptions },
      validationRules: this.settings.introspection ? [] : [NoSchemaIntrospectionCustomRule],
      // Mercurius' response schema would turn the indexes in an error's path into text.
      additionalRouteOptions: { preParsing: door(this.access, this.scopes), serializerCompiler: () => JSON.stringify },
      context: (request: FastifyRequest) => this.contextOf(request),
      errorFormatter: formatErrors,
      hooks: {
        preParsing: refuseAmbiguousGet,
        preValidation: refuseForeignDocument,
        preExecution: this.preExecution,
      },
    };
  }

  private contextOf(request: FastifyRequest): object {
    const scope = this.scopes.get(request);
    return scope === undefined
      ? {}
      : { reading: this.readings.of(scope), settings: this.settings, spent: nothingSpent() };
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
    // Mercurius compiles a document for the first operation that is asked of it, and would run that for every other.
    const operations = document.definitions.filter(({ kind }) => kind === 'OperationDefinition');
    return operations.length > 1 ? { document } : undefined;
  };
}
