import type { GraphQLSchema } from 'graphql';
import type { FastifyInstance } from 'fastify';
import { AbstractGraphQLDriver, type GqlModuleOptions } from '@nestjs/graphql';

export interface DriverConfig extends GqlModuleOptions<Driver> {
  readonly serve: (schema: GraphQLSchema, fastify: FastifyInstance) => void;
}

export class Driver extends AbstractGraphQLDriver<DriverConfig> {
  start({ schema, serve }: DriverConfig): Promise<void> {
    serve(schema!, this.httpAdapterHost.httpAdapter.getInstance<FastifyInstance>());
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
