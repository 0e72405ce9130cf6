import { Args, Query, Resolver } from '@nestjs/graphql';
import { Refusal } from '../http/refusal.js';
import type { Page } from '../read/list.js';
import { correction } from '../read/nouns/correction.js';
import type { ListArguments } from '../read/page-arguments.js';
import { type Ask, Asked } from './api-context.js';
import { listOf } from './list-resolvers.js';

@Resolver()
export class CorrectionResolver {
  @Query()
  corrections(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    if (ask.reading.scope.roomName !== null) {
      const who = 'Who corrected what, and why, is told only to tokens of the whole project';
      throw new Refusal(403, 'FORBIDDEN', `${who}: this one is of one room.`);
    }
    return listOf(correction, args, ask);
  }
}
