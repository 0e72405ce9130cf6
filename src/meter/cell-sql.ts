import { sumColumns } from './delta.js';
import { SPANS } from './cell-spans.js';

export const cellKey = ['project', 'meter', 'span', 'at', 'type', 'source'] as const;
export const cellColumns = [...cellKey, ...sumColumns].join(', ');

/** Distance from the start of the longer cell, in ms. */
const distance = 'at % (span * 1000)';
const moved: Readonly<Record<string, string>> = {
  offset_ms: `offset_ms + ${distance} * (starts - ends)`,
  offset_minutes: `offset_minutes + ${distance} / 60000 * (starts - ends)`,
  doubt_offset_ms: `doubt_offset_ms + ${distance} * doubts`,
};

/** Rows of usage_cell, of every length, from rows shaped like usage_delta. */
export function cellsOf(from: string): string {
  const sums = sumColumns.map((name) => `sum(${moved[name] ?? name})::bigint as ${name}`);
  return `select project, meter, span, at - ${distance} as at, type, source, ${sums.join(', ')}
    from ${from} cross join unnest('{${SPANS.join(',')}}'::bigint[]) as span
    group by project, meter, span, at - ${distance}, type, source`;
}
