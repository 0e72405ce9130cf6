import type pg from 'pg';
import { snakeCase } from '../text/snake-case.js';
import { openPrisma } from '../database/prisma.js';
import type { SessionTable } from '../projection/session-table.js';
import { sessionTables } from '../projection/session-tables.js';
import { type ComparedTable, compareRows, type Difference, usageCells } from './compare.js';
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
export function verify(url: string, report: Report = () => undefined): Promise<Verification> {
  return inWorkspace(url, 'verify', async (workspace) => {
    const unchecked = await copyKept(workspace);
    const replay = new Replay(workspace, report);
    await replay.catchUpBelow(FEW);
    return atOneMoment(workspace, async (live) => {
      const { rows } = await live.query<{ epoch: number; until: string }>(
        'select epoch, pg_current_snapshot()::text as until from log_epoch',
      );
      await replay.advance({ ...rows[0]!, since: replay.reached?.until ?? null });
      const [comparison, marks] = [await compareAll(workspace, live), await countMarks(workspace)];
      // Another run may have dropped the compared tables.
      refuseLost(workspace);
      return { ...comparison, unchecked, events: replay.events, marks };
    });
  });
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
