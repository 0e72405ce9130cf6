import { Args, Query, Resolver } from '@nestjs/graphql';
import type { UsageArguments } from '../usage/question.js';
import { type Ask, Asked } from './api-context.js';
import { type ShownUsage, usage } from './usage-fields.js';

@Resolver()
export class UsageResolver {
  @Query()
  usage(@Args() args: UsageArguments, @Asked() ask: Ask): Promise<ShownUsage[]> {
    return usage(args, ask);
  }
}
