import { Args, Query, Resolver } from '@nestjs/graphql';
import type { Page } from '../read/list.js';
import { ingressSession } from '../read/nouns/ingress-session.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { type Ask, Asked } from './api-context.js';
import { listOf, oneOf } from './list-resolvers.js';

@Resolver()
export class IngressSessionResolver {
  @Query()
  ingressSession(@Args('resourceId') resourceId: string, @Asked() ask: Ask): Promise<Row | null> {
    return oneOf(ingressSession, resourceId, ask);
  }

  @Query()
  ingressSessions(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    return listOf(ingressSession, args, ask);
  }
}
