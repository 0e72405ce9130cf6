import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { AccessModule } from '../access/access.module.js';
import { GraphqlOptions } from './graphql-options.service.js';
import { Readings } from '../read/reading.js';

@Module({ imports: [AccessModule], providers: [Readings, GraphqlOptions], exports: [GraphqlOptions] })
class GraphqlOptionsModule {}

@Module({
  imports: [
    GraphQLModule.forRootAsync<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      imports: [GraphqlOptionsModule],
      useExisting: GraphqlOptions,
    }),
  ],
})
export class GraphqlModule {}
