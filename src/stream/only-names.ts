import type { StringFilter } from '../read/filters.js';

/** The room names that a scope and a filter leave; null: any. */
export function onlyNames(ofScope: string | null, filter: StringFilter | null | undefined): ReadonlySet<string> | null {
  const lists = [ofScope === null ? null : [ofScope], filter?.eq == null ? null : [filter.eq], filter?.in ?? null];
  const given = lists.filter((list) => list !== null);
  // The log has names cleaned: others are left to the database.
  if (given.length === 0 || !given.flat().every((name) => isClean.test(name))) return null;
  return new Set(given.reduce((left, list) => left.filter((name) => list.includes(name))));
}

const isClean = /^[^\0\ud800-\udfff]*$/u;
