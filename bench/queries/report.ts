import { median, short, spread, table } from '../support/figures.js';
import type { Round } from './measure.js';

const head = ['', 'requests/s', 'ours is', 'p50 ms', 'p99 ms', 'Node ms', 'Postgres ms', 'failed'];

/** What every peer came to, and how many times as fast ours is, round for round. */
export function report(rounds: ReadonlyMap<string, readonly Round[]>, ours: string): string {
  const mine = rounds.get(ours)!;
  const rows = [...rounds].map(([name, theirs]) => [
    name,
    spread(theirs.map(({ perSecond }) => perSecond)),
    spread(theirs.map(({ perSecond }, index) => mine[index]!.perSecond / perSecond)),
    ...(['p50', 'p99', 'nodeCpu', 'postgresCpu'] as const).map((of) => short(median(theirs.map((one) => one[of])))),
    String(theirs.reduce((sum, { failed }) => sum + failed, 0)),
  ]);
  return table(head, rows);
}
