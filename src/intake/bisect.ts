import { isAway, isPassing } from '../database/failure.js';

const ATTEMPTS = 4;

/**
 * Does `work` with all items at once. Where an item makes it fail, the items are halved until it stands
 * alone, and `alone` decides what becomes of it: one poisoned event never holds up the others.
 *
 * @throws what made the database unreachable; the items of that part are not done then
 */
export async function apart<T>(
  items: readonly T[],
  work: (items: readonly T[]) => Promise<void>,
  alone: (item: T, error: unknown) => Promise<void>,
): Promise<void> {
  try {
    await withRetries(() => work(items));
  } catch (error) {
    const [only] = items;
    if (isAway(error) || isPassing(error) || only === undefined) throw error;
    if (items.length === 1) return withRetries(() => alone(only, error));
    const middle = Math.ceil(items.length / 2);
    await apart(items.slice(0, middle), work, alone);
    await apart(items.slice(middle), work, alone);
  }
}

async function withRetries(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
    }
  }
}

/** The problem that a poisoned event is kept with. */
export function poisonOf(error: unknown): string {
  return `cannot be projected: ${error instanceof Error ? error.message : String(error)}`;
}
