import { GraphQLError, type ValueNode, valueFromASTUntyped } from 'graphql';
import { parseInstant } from '../read/instant.js';

/** Normalizes input to the form of Postgres output, so that times compare as text. */
export const dateTime = {
  __parseValue: parse,
  __parseLiteral: (node: ValueNode) => parse(valueFromASTUntyped(node)),
};

function parse(value: unknown): string {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  if (instant !== null) return instant;
  throw new GraphQLError('A DateTime is an RFC 3339 time, such as 2026-11-23T10:00:00.000Z.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
