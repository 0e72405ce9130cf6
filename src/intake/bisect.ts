import { isAway, isPassing } from '../database/failure.js';

const ATTEMPTS = 4;

/**
 * Does `work` with all items at once. When that fails, it halves them until the culprit stands alone, and hands that
 * to `alone`: one bad event never blocks its batch.
 *
 * @throws what made the database unreachable; then some items are not done
 */
export async function bisect<T>(
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
    await bisect(items.slice(0, middle), work, alone);
    await bisect(items.slice(middle), work, alone);
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

/** The problem with which the log keeps an event that the database refuses to project. */
export function problemFrom(error: unknown): string {
  return `cannot be projected: ${error instanceof Error ? error.message : String(error)}`;
}
