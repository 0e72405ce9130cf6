import type { Ordered } from './cursor.js';
import type { Noun } from './noun.js';
import { openEnded } from './span.js';

/**
 * Whether one plan is good for whatever values these filters have: for equality it is, and for a range of the time
 * that the list is ordered by. Other ranges and prefixes can find all rows or none, and want a plan each time.
 */
export function isSteady({ ends }: Noun, filter: Readonly<Record<string, unknown>>, ordered: Ordered): boolean {
  const by = ordered.keys[0]?.sql;
  const inOrder = by === 'started_at' ? ends?.start : by === openEnded ? ends?.end : undefined;
  return Object.entries(filter).every(
    ([name, value]) => value == null || (inOrder !== undefined && name === inOrder) || isEquality(value),
  );
}

function isEquality(value: unknown): boolean {
  if (typeof value !== 'object' || Array.isArray(value)) return typeof value !== 'string';
  return Object.keys(value!).every((name) => name === 'eq' || name === 'in');
}
