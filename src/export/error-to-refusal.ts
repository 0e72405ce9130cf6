import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { formatErrors } from '../graphql/errors.js';
import { Refusal } from '../http/refusal.js';

const statuses: Readonly<Record<string, number>> = { INTERNAL: 500, UNAVAILABLE: 503, TIMEOUT: 504 };

export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return refusalFrom(formatErrors({ errors: [graphqlError(error)] }).response.errors![0]!);
}

export function refusalFrom({ message, extensions }: Pick<GraphQLFormattedError, 'message' | 'extensions'>): Refusal {
  const code = String(extensions?.['code']);
  return new Refusal(statuses[code] ?? 400, code, message);
}

function graphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
