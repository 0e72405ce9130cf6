import type { Difference } from '../rebuild/compare.js';
import type { Verification } from '../rebuild/verify.js';

const LONGEST = 200;

export function linesOf({ rows, unchecked, differing, differences, marks }: Verification): string[] {
  const counts = Object.entries(rows).map(([table, count]) => `${table}: ${count} rows compared`);
  const marked =
    marks > 0
      ? [`${marks} events are marked in the log otherwise than this version projects them; npm run rebuild mends that.`]
      : [];
  const kept =
    unchecked > 0 ? [`${unchecked} rows could not be checked: LOG_RETENTION may have dropped events of theirs.`] : [];
  if (differing === 0) return [...counts, ...kept, ...marked, 'No differences.'];
  return [
    ...counts,
    ...kept,
    ...marked,
    `${differing} rows differ. The first differences:`,
    ...differences.map(lineOf),
  ];
}

function lineOf({ table, key, column, live, rebuilt }: Difference): string {
  if (live === null) return `${table} ${key}: missing in the live table`;
  if (rebuilt === null || column === null) return `${table} ${key}: not in the log, only in the live table`;
  return `${table} ${key}: ${column} is ${shortened(live)}, rebuilt ${shortened(rebuilt)}`;
}

function shortened(value: string): string {
  return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
}
