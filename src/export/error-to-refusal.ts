import type { GraphQLFormattedError } from 'graphql';
import { refusedAnswer } from '../graphql/errors.js';
import { Refusal } from '../http/refusal.js';

const statuses: Readonly<Record<string, number>> = { INTERNAL: 500, UNAVAILABLE: 503, TIMEOUT: 504 };

export function refusalOf(error: unknown): Refusal {
  return error instanceof Refusal ? error : refusalFrom(refusedAnswer(error).errors[0]!);
}

export function refusalFrom({ message, extensions }: Pick<GraphQLFormattedError, 'message' | 'extensions'>): Refusal {
  const code = String(extensions?.['code']);
  return new Refusal(statuses[code] ?? 400, code, message);
}
