import { QUARTER } from '../meter/cell-spans.js';

/** A range in three parts, each with the edges of its windows; an empty part has none. */
export interface Split {
  readonly lead: readonly number[];
  readonly middle: readonly number[];
  readonly tail: readonly number[];
}

/** Null if cells do not help: no whole quarter-hour, or a window that begins inside one. */
export function splitOf(edges: readonly number[], now: number): Split | null {
  const [from, to] = [edges[0]!, edges.at(-1)!];
  const inner = edges.slice(1, -1);
  const first = Math.ceil(from / QUARTER) * QUARTER;
  const last = Math.floor(Math.min(to, now) / QUARTER) * QUARTER;
  if (first >= last || inner.some((edge) => edge % QUARTER !== 0)) return null;
  const between = (a: number, b: number): number[] => [a, ...inner.filter((edge) => edge > a && edge < b), b];
  return {
    lead: from < first ? [from, first] : [],
    middle: between(first, last),
    tail: last < to ? between(last, to) : [],
  };
}
