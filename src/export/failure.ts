import { GraphQLError } from 'graphql';
import { isAway } from '../database/failure.js';
import { formatErrors } from '../graphql/errors.js';
import { Refusal } from '../refusal.js';

const statuses: Readonly<Record<string, number>> = { INTERNAL: 500, UNAVAILABLE: 503, TIMEOUT: 504 };

/** What an export is refused with for a failure before its first byte: GraphQL's code and sentence. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { extensions, message } = formatErrors({ errors: [graphqlError(error)] }).response.errors![0]!;
  const code = extensions!['code'] as string;
  // A connection that was found hanging is known to the database's side only.
  if (code === 'INTERNAL' && isAway(error)) return new Refusal(503, 'UNAVAILABLE', 'The database cannot be reached.');
  return new Refusal(statuses[code] ?? 400, code, message);
}

function graphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError(String(error), { originalError: error instanceof Error ? error : new Error(String(error)) });
}
