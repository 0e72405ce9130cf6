import type { AskUsageData } from '../generated/operations';

interface Grouped {
  readonly group: readonly { readonly value: string | null }[];
  readonly others: boolean;
}

export const OTHERS = 'all others';

export function nameOf({ group, others }: Grouped): string {
  if (others) return OTHERS;
  return group.length === 0 ? 'all' : group.map(({ value }) => value ?? 'none').join(', ');
}

/** Those of the chart, each with its place in the palette; the largest comes first, and lies lowest. */
export function palette({ groups, windows }: AskUsageData): ReadonlyMap<string, number> {
  const drawn = new Set(windows.map(nameOf));
  const names = groups.map(nameOf).filter((name) => drawn.has(name) && name !== OTHERS);
  return new Map([...names, ...(drawn.has(OTHERS) ? [OTHERS] : [])].map((name, at) => [name, at]));
}
