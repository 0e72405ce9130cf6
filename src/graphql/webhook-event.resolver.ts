import { Args, Query, Resolver } from '@nestjs/graphql';
import type { Page } from '../read/list.js';
import { webhookEvent } from '../read/nouns/webhook-event.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { type Ask, Asked } from './api-context.js';
import { listOf, oneOf } from './list-resolvers.js';

@Resolver()
export class WebhookEventResolver {
  @Query()
  webhookEvent(@Args('id') id: string, @Asked() ask: Ask): Promise<Row | null> {
    return oneOf(webhookEvent, id, ask);
  }

  @Query()
  webhookEvents(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    return listOf(webhookEvent, args, ask);
  }
}
