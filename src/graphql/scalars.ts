import { type ASTNode, GraphQLError, type ValueNode, valueFromASTUntyped } from 'graphql';
import { parseInstant } from '../read/instant.js';

/** Normalizes input to the form of Postgres output, so that times compare as text. */
export const dateTime = {
  __parseValue: (value: unknown) => parse(value, null),
  __parseLiteral: (node: ValueNode) => parse(valueFromASTUntyped(node), node),
};

function parse(value: unknown, nodes: ASTNode | null): string {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  if (instant !== null) return instant;
  const lostPlus = typeof value === 'string' && parseInstant(value.replace(/ (?=\d\d:\d\d$)/, '+')) !== null;
  const why = lostPlus ? 'Its `+` became a space: in a URL, write it as `%2B`.' : example;
  throw new GraphQLError(why, { nodes, extensions: { code: 'BAD_USER_INPUT' } });
}

const example = 'A DateTime is an RFC 3339 time, such as 2026-11-23T10:00:00.000Z.';
