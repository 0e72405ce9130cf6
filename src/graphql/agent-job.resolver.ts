import { Args, Query, Resolver } from '@nestjs/graphql';
import type { Page } from '../read/list.js';
import { agentJob } from '../read/nouns/agent-job.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { type Ask, Asked } from './api-context.js';
import { listOf, oneOf } from './list-resolvers.js';

@Resolver()
export class AgentJobResolver {
  @Query()
  agentJob(@Args('id') id: string, @Asked() ask: Ask): Promise<Row | null> {
    return oneOf(agentJob, id, ask);
  }

  @Query()
  agentJobs(@Args() args: ListArguments, @Asked() ask: Ask): Page {
    return listOf(agentJob, args, ask);
  }
}
