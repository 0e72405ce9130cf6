import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { AccessModule } from '../access/access.module.js';
import { LedgersModule } from '../ledgers/ledgers.module.js';
import { AgentJobResolver } from './agent-job.resolver.js';
import { Driver, type DriverConfig } from './driver.js';
import { EgressResolver } from './egress.resolver.js';
import { GraphqlOptions } from './graphql-options.service.js';
import { IngressSessionResolver } from './ingress-session.resolver.js';
import { NodeResolver } from './node.resolver.js';
import { ParticipantResolver } from './participant.resolver.js';
import { QualityResolver } from './quality.resolver.js';
import { RecordResolver } from './record.resolver.js';
import { RoomResolver } from './room.resolver.js';
import { TrackResolver } from './track.resolver.js';
import { UsageResolver } from './usage.resolver.js';
import { ViewerResolver } from './viewer.resolver.js';
import { WebhookEventResolver } from './webhook-event.resolver.js';

@Module({ imports: [AccessModule, LedgersModule], providers: [GraphqlOptions], exports: [GraphqlOptions] })
class GraphqlOptionsModule {}

@Module({
  imports: [
    GraphQLModule.forRootAsync<DriverConfig>({
      driver: Driver,
      imports: [GraphqlOptionsModule],
      useExisting: GraphqlOptions,
    }),
  ],
  providers: [
    NodeResolver,
    RoomResolver,
    ParticipantResolver,
    TrackResolver,
    EgressResolver,
    IngressSessionResolver,
    AgentJobResolver,
    WebhookEventResolver,
    RecordResolver,
    UsageResolver,
    QualityResolver,
    ViewerResolver,
  ],
})
export class ApiModule {}
