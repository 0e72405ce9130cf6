import { Args, Query, Resolver } from '@nestjs/graphql';
import { quality, type QualityRow } from '../usage/quality.js';
import { questionOf, type UsageArguments } from '../usage/question.js';
import { type Ask, Asked, limitsOf } from './api-context.js';
import { checkRows } from './cost/limits.js';
import { selectedFields } from './selection.js';
import { allowanceOf } from './usage-fields.js';

@Resolver()
export class QualityResolver {
  @Query()
  async quality(@Args() args: UsageArguments, @Asked() ask: Ask): Promise<QualityRow[]> {
    const { reading, settings, spent, info } = ask;
    const allowance = allowanceOf(ask);
    const question = questionOf(args, allowance);
    checkRows(info, question.edges.length - 1, { limits: limitsOf(settings), spent });
    return quality(reading, question, { fields: selectedFields(info), allowance });
  }
}
