import { Args, Query, Resolver } from '@nestjs/graphql';
import { Refusal } from '../http/refusal.js';
import type { Page } from '../read/list.js';
import type { Noun } from '../read/noun.js';
import { correction } from '../read/nouns/correction.js';
import { erasure } from '../read/nouns/erasure.js';
import type { ListArguments } from '../read/page-arguments.js';
import { type Ask, Asked } from './api-context.js';
import { listOf } from './list-resolvers.js';

/** What people did to the record. */
@Resolver()
export class RecordResolver {
  @Query()
  corrections(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    return listOfProject(correction, args, ask);
  }

  @Query()
  erasures(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    return listOfProject(erasure, args, ask);
  }
}

function listOfProject(noun: Noun, args: ListArguments, ask: Ask): Page {
  if (ask.reading.scope.roomName === null) return listOf(noun, args, ask);
  const who = 'Who changed the record is told only to tokens of the whole project';
  throw new Refusal(403, 'FORBIDDEN', `${who}: this one is of one room.`);
}
