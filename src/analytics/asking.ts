import type { Answering } from '../graphql/answering.js';
import type { ApiContext } from '../graphql/api-context.js';
import { nothingSpent } from '../graphql/cost/cost-walk.js';
import { formatResult } from '../graphql/errors.js';
import { refusalFrom } from '../export/error-to-refusal.js';

export interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

type Ask<Node> = (page: { first: number; after: string | null }) => Promise<Connection<Node>>;

export class Asking {
  constructor(
    private readonly answering: Answering,
    private readonly context: Omit<ApiContext, 'spent'>,
  ) {}

  async ask<Data>(query: string, variables: Record<string, unknown>): Promise<Data> {
    const result = await this.answering.answer({ query, variables }, { ...this.context, spent: nothingSpent() });
    const { data, errors } = formatResult(result);
    if (errors !== undefined) throw refusalFrom(errors[0]!);
    return data as Data;
  }
}

const MOST_OF_PAGE = 200;

/** The next `count` nodes after the cursor, in as many pages as that takes; with the cursor after them. */
export async function takeNodes<Node>(
  ask: Ask<Node>,
  count: number,
  start: string | null = null,
): Promise<{ nodes: Node[]; after: string | null; more: boolean }> {
  const nodes: Node[] = [];
  let [after, more] = [start, true];
  for (let left = count; left > 0 && more;) {
    const page = await ask({ first: Math.min(left, MOST_OF_PAGE), after });
    nodes.push(...page.nodes);
    left -= page.nodes.length;
    more = page.pageInfo.hasNextPage;
    after = page.pageInfo.endCursor;
  }
  return { nodes, after, more };
}
