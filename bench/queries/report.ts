import type { Round } from './measure.js';

/** A table of what every peer came to, and how much ours is of it, round for round. */
export function table(rounds: ReadonlyMap<string, readonly Round[]>, ours: string): string {
  const mine = rounds.get(ours)!;
  const head = ['', 'req/s', 'ours is', 'p50 ms', 'p99 ms', 'Node ms', 'Postgres ms', 'failed'];
  const rows = [...rounds].map(([name, theirs]) => [
    name,
    spread(theirs.map(({ perSecond }) => perSecond)),
    spread(
      theirs.map(({ perSecond }, round) => mine[round]!.perSecond / perSecond),
      2,
    ),
    ...(['p50', 'p99', 'nodeCpu', 'postgresCpu'] as const).map((of) => round(median(theirs.map((one) => one[of])), 2)),
    String(theirs.reduce((sum, { failed }) => sum + failed, 0)),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function spread(values: readonly number[], digits = 0): string {
  return `${round(median(values), digits)} (${round(Math.min(...values), digits)}–${round(Math.max(...values), digits)})`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

function round(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
