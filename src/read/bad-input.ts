import { Refusal } from '../http/refusal.js';

/** What a query asks that cannot be answered, in a sentence. */
export function badInput(message: string): Refusal {
  return new Refusal(400, 'BAD_USER_INPUT', message);
}
