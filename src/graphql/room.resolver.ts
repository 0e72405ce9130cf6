import { Args, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Page } from '../read/list.js';
import { room } from '../read/nouns/room.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { RoomSource } from '../stream/room-source.js';
import type { Source } from '../stream/source.js';
import { type Ask, Asked } from './api-context.js';
import { listOf, oneOf } from './list-resolvers.js';
import { selectedFields } from './selection.js';

@Resolver()
export class RoomResolver {
  @Query()
  room(@Args('sid') sid: string, @Asked() ask: Ask): Promise<Row | null> {
    return oneOf(room, sid, ask);
  }

  @Query()
  rooms(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    return listOf(room, args, ask);
  }

  @Subscription()
  roomChanged(@Args('filter') filter: ListArguments['filter'], @Asked() { reading, info }: Ask): Source {
    return new RoomSource({ filter: filter ?? {}, fields: selectedFields(info), scope: reading.scope });
  }
}
