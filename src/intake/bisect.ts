import { faultOf, Outdated } from '../database/failure.js';

const ATTEMPTS = 4;
/** An erasure of many rooms comes again and again. */
const OUTDATED_ATTEMPTS = 20;

/** What became of an item; null: it is done. */
export type Failure = { readonly error: unknown } | null;

/**
 * Does `work` with all items at once. When the values of an item make that fail, halves them until that item stands
 * alone, and hands it to `alone`: one bad event never blocks its batch.
 *
 * @returns a failure for each item that is not done, in the order of the items
 */
export async function bisect<T>(
  items: readonly T[],
  work: (items: readonly T[]) => Promise<void>,
  alone: (item: T, error: unknown) => Promise<void>,
): Promise<Failure[]> {
  const error = await failureOf(() => work(items));
  if (error === null) return items.map(() => null);
  const [only] = items;
  if (faultOf(error.error) !== 'values' || only === undefined) return items.map(() => error);
  if (items.length === 1) return [await failureOf(() => alone(only, error.error))];
  const middle = Math.ceil(items.length / 2);
  return [...(await bisect(items.slice(0, middle), work, alone)), ...(await bisect(items.slice(middle), work, alone))];
}

/** Repeats what only met another transaction. */
async function failureOf(work: () => Promise<void>): Promise<Failure> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return null;
    } catch (error) {
      const most = error instanceof Outdated ? OUTDATED_ATTEMPTS : ATTEMPTS;
      if (attempt >= most || faultOf(error) !== 'conflict') return { error };
    }
  }
}

/** The problem of an event that the database refuses to project. */
export function problemFrom(error: unknown): string {
  return `cannot be projected: ${error instanceof Error ? error.message : String(error)}`;
}
