import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { snakeCase } from '../text/snake-case.js';
import { openPrisma } from '../database/prisma.js';
import type { SessionTable } from '../projection/session-table.js';
import { sessionTables } from '../projection/session-tables.js';
import { type ComparedTable, compareRows, type Difference, usageCells } from './compare.js';
import type { Run, Statement } from '../database/transaction.js';
import { type LogStretch, stretchSince } from './log-pages.js';
import { copyKept } from './kept.js';
import { atOneMoment } from './moment.js';
import { Replay, type Report } from './replay.js';
import { inWorkspace, refuseLost, type Workspace } from './workspace.js';

export interface Verification {
  readonly events: number;
  readonly rows: Readonly<Record<string, number>>;
  /** Rows, among those, of which a retention may have dropped events: they were compared with themselves. */
  readonly unchecked: number;
  readonly differing: number;
  readonly differences: readonly Difference[];
  /** Events whose logged problem is not what this version finds. */
  readonly marks: number;
}

const SHOWN = 20;
const FEW = 1000;

/**
 * Projects the whole log again and compares the live tables with it, beside a running service. Changes nothing.
 * @throws Error if another rebuild or verification runs
 */
export function verify(url: string, report: Report = () => undefined, shares?: number): Promise<Verification> {
  return inWorkspace(url, 'verify', async (workspace) => {
    const unchecked = await copyKept(workspace);
    const replay = new Replay(workspace, report, shares);
    await replay.catchUpBelow(FEW);
    return atOneMoment(workspace, async (live) => {
      await replay.advance(await wholeStretch(live, workspace, replay.reached));
      const [comparison, marks] = [await compareAll(workspace, live), await countMarks(workspace)];
      // Another run may have dropped the compared tables.
      refuseLost(workspace);
      return { ...comparison, unchecked, events: replay.events, marks };
    });
  });
}

const PAUSE_MS = 100;

/** Waits until workers show what the tables have of events. */
async function wholeStretch(live: pg.Client, workspace: Workspace, reached: LogStretch | null): Promise<LogStretch> {
  const run: Run = async <R>({ text, values }: Statement) => (await live.query(text, values)).rows as R[];
  for (;;) {
    const stretch = await stretchSince(run, workspace, reached);
    if (stretch.whole) return stretch;
    refuseLost(workspace);
    await pause(PAUSE_MS);
  }
}

function comparedTableOf({ name, key }: SessionTable): ComparedTable {
  return { name, key: key.map(snakeCase), from: (schema) => `${schema}.${name}` };
}

async function countMarks({ url, name }: Workspace): Promise<number> {
  const prisma = openPrisma(url, { schema: name });
  return prisma.eventMark.count().finally(() => prisma.$disconnect());
}

type Comparison = Pick<Verification, 'rows' | 'differing' | 'differences'>;

async function compareAll({ url, name, home }: Workspace, live: pg.Client): Promise<Comparison> {
  const rows: Record<string, number> = {};
  const differences: Difference[] = [];
  let differing = 0;
  await atOneMoment({ url }, async (rebuilt) => {
    for (const table of [...sessionTables.map(comparedTableOf), usageCells]) {
      const sides = { live: { client: live, schema: home }, rebuilt: { client: rebuilt, schema: name } };
      const found = await compareRows(table, sides, SHOWN - differences.length);
      rows[table.name] = found.rows;
      differing += found.differing;
      differences.push(...found.differences);
    }
  });
  return { rows, differing, differences: differences.slice(0, SHOWN) };
}
