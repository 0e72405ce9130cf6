import { Refusal } from '../http/refusal.js';
import { isBefore, type LogPosition } from './log-position.js';

/**
 * @param complete every event after it is kept; null: nothing was ever dropped
 * @throws Refusal CURSOR_EXPIRED
 */
export function requireKept(after: LogPosition, complete: LogPosition | null): void {
  if (complete === null || !isBefore(after, complete)) return;
  const sentence = 'Events after this cursor are no longer kept: ask the lists what is now, and subscribe without it.';
  throw new Refusal(410, 'CURSOR_EXPIRED', sentence);
}
