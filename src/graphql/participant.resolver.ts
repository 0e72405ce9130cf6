import { Args, Query, Resolver } from '@nestjs/graphql';
import type { Page } from '../read/list.js';
import { participant } from '../read/nouns/participant.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { type Ask, Asked } from './api-context.js';
import { listOf, oneOf } from './list-resolvers.js';

@Resolver()
export class ParticipantResolver {
  @Query()
  participant(@Args('sid') sid: string, @Asked() ask: Ask): Promise<Row | null> {
    return oneOf(participant, sid, ask);
  }

  @Query()
  participants(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    return listOf(participant, args, ask);
  }
}
