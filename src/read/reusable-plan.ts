import type { Ordered } from './cursor.js';
import type { Noun } from './noun.js';
import { openEnded } from './overlap-sql.js';

/**
 * One plan fits all values of an equality filter, and of a range on the list's own order. Another range or a prefix
 * matches no row or all, and is planned each time.
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
