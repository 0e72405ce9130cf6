import { Args, Query, Resolver } from '@nestjs/graphql';
import { findNodes } from '../read/nouns/find-nodes.js';
import type { Row } from '../read/reading.js';
import { type Ask, Asked } from './api-context.js';
import { selectedFields } from './selection.js';

@Resolver()
export class NodeResolver {
  @Query()
  async node(@Args('id') id: string, @Asked() ask: Ask): Promise<Row | null> {
    return (await this.nodes([id], ask))[0]!;
  }

  @Query()
  nodes(@Args('ids') ids: readonly string[], @Asked() { reading, info }: Ask): Promise<(Row | null)[]> {
    return findNodes(ids, { reading, fields: selectedFields(info) });
  }
}
