import { Args, Query, Resolver } from '@nestjs/graphql';
import type { Page } from '../read/list.js';
import { track } from '../read/nouns/track.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { type Ask, Asked } from './api-context.js';
import { listOf, oneOf } from './list-resolvers.js';

@Resolver()
export class TrackResolver {
  @Query()
  track(@Args('sid') sid: string, @Asked() ask: Ask): Promise<Row | null> {
    return oneOf(track, sid, ask);
  }

  @Query()
  tracks(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    return listOf(track, args, ask);
  }
}
