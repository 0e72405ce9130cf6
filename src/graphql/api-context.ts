import { createParamDecorator } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { Reading } from '../read/reading.js';
import type { Settings } from '../settings/settings.js';
import type { Limits, Spent } from './cost/cost-walk.js';

/** What the resolvers of one request share. */
export interface ApiContext {
  /** Of the token, in ms; absent where no field can ask for it. */
  readonly expiresAt?: number;
  readonly reading: Reading;
  readonly settings: Settings;
  /** Cost of the rows read so far. */
  readonly spent: Spent;
}

/** A field's context, and what the query selects below it. */
export interface Ask extends ApiContext {
  readonly info: GraphQLResolveInfo;
}

export function limitsOf({ queryMaxDepth, queryMaxCost, queryMaxValues }: Settings): Limits {
  return { depth: queryMaxDepth, cost: queryMaxCost, values: queryMaxValues };
}

export const Asked = createParamDecorator((_: unknown, host): Ask => {
  const context = GqlExecutionContext.create(host);
  return { ...context.getContext<ApiContext>(), info: context.getInfo<GraphQLResolveInfo>() };
});
