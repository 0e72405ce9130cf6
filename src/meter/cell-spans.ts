/** How long a cell is, in seconds: a quarter-hour, an hour, a day, 32 days. Each divides the next. */
export const SPANS = [900, 3_600, 86_400, 2_764_800] as const;

/** In ms. Since 2000, days and hours of every time zone have begun on a quarter-hour. */
export const QUARTER = 900_000;

/** Cells of one length in [from, to), in ms since 1970. */
export interface Stretch {
  readonly span: number;
  readonly from: number;
  readonly to: number;
}

/** The fewest cells that cover each window between neighbouring edges, which lie on quarter-hours. */
export function coverWindows(edges: readonly number[]): Stretch[] {
  const last = new Map<number, { span: number; from: number; to: number }>();
  const stretches: Stretch[] = [];
  for (const stretch of edges.slice(1).flatMap((to, index) => cover(edges[index]!, to))) {
    const before = last.get(stretch.span);
    if (before?.to === stretch.from) before.to = stretch.to;
    else {
      const next = { ...stretch };
      last.set(stretch.span, next);
      stretches.push(next);
    }
  }
  return stretches;
}

function cover(from: number, to: number, level = 0): Stretch[] {
  if (from >= to) return [];
  const span = SPANS[level]!;
  const longer = SPANS[level + 1];
  if (longer !== undefined) {
    const [first, last] = [Math.ceil(from / (longer * 1000)), Math.floor(to / (longer * 1000))];
    const [inner, outer] = [first * longer * 1000, last * longer * 1000];
    if (first < last) {
      return [...cover(from, inner, level), ...cover(inner, outer, level + 1), ...cover(outer, to, level)];
    }
  }
  return [{ span, from, to }];
}
