import { refusedAnswer } from '../graphql/errors.js';
import { Refusal } from '../http/refusal.js';

const statuses: Readonly<Record<string, number>> = { INTERNAL: 500, UNAVAILABLE: 503, TIMEOUT: 504 };

export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { message, extensions } = refusedAnswer(error).errors[0]!;
  const code = String(extensions?.['code']);
  return new Refusal(statuses[code] ?? 400, code, message);
}
