import { Args, Query, Resolver } from '@nestjs/graphql';
import { Database } from '../database/database.js';
import type { Page } from '../read/list.js';
import { findEvent } from '../read/nouns/find-event.js';
import { webhookEvent } from '../read/nouns/webhook-event.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { type Ask, Asked } from './api-context.js';
import { listOf } from './list-resolvers.js';

@Resolver()
export class WebhookEventResolver {
  constructor(private readonly database: Database) {}

  @Query()
  webhookEvent(@Args('id') id: string, @Asked() { reading }: Ask): Promise<Row | null> {
    return findEvent(this.database.prisma, id, reading.scope);
  }

  @Query()
  webhookEvents(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    return listOf(webhookEvent, args, ask);
  }
}
