import { Args, Query, Resolver } from '@nestjs/graphql';
import type { Page } from '../read/list.js';
import { egress } from '../read/nouns/egress.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { type Ask, Asked } from './api-context.js';
import { listOf, oneOf } from './list-resolvers.js';

@Resolver()
export class EgressResolver {
  @Query()
  egress(@Args('egressId') egressId: string, @Asked() ask: Ask): Promise<Row | null> {
    return oneOf(egress, egressId, ask);
  }

  @Query()
  egresses(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    return listOf(egress, args, ask);
  }
}
