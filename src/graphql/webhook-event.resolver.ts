import { Args, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Page } from '../read/list.js';
import { webhookEvent } from '../read/nouns/webhook-event.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { EventSource, type EventsAsked } from '../stream/event-source.js';
import type { Source } from '../stream/source.js';
import { type Ask, Asked } from './api-context.js';
import { listOf, oneOf } from './list-resolvers.js';
import { selectedNodeFields } from './selection.js';

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

  @Subscription('webhookEvents')
  subscribe(@Args() asked: EventsAsked, @Asked() { info, reading }: Ask): Source {
    return new EventSource(asked, selectedNodeFields(info), reading.scope);
  }
}
