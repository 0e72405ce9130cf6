import { sumColumns } from './delta.js';
import { SPANS } from './cell-spans.js';

export const cellKey = ['project', 'meter', 'span', 'at', 'type', 'source'] as const;
export const cellColumns = [...cellKey, ...sumColumns].join(', ');

/** From a longer cell's beginning to the quarter-hour's, in ms. */
const distance = 'at % (span * 1000)';
const moved: Readonly<Record<string, string>> = {
  offset_ms: `offset_ms + ${distance} * (starts - ends)`,
  offset_minutes: `offset_minutes + ${distance} / 60000 * (starts - ends)`,
  doubt_offset_ms: `doubt_offset_ms + ${distance} * doubts`,
};

/** Sums of quarter-hours, given as `from` with the columns of usage_delta, as rows of cells of every span. */
export function cellsOf(from: string): string {
  const sums = sumColumns.map((name) => `sum(${moved[name] ?? name})::bigint as ${name}`);
  return `select project, meter, span, at - ${distance} as at, type, source, ${sums.join(', ')}
    from ${from} cross join unnest('{${SPANS.join(',')}}'::bigint[]) as span
    group by project, meter, span, at - ${distance}, type, source`;
}
