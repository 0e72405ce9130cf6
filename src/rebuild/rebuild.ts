import { setTimeout as pause } from 'node:timers/promises';
import { isAway } from '../database/failure.js';
import { foldAllSql } from '../meter/fold.js';
import { applyProblemChanges } from './problem-changes.js';
import { copyKept } from './kept.js';
import { Replay, type Report } from './replay.js';
import { projectedTables } from './shadow.js';
import { SHORT_TAIL, swap } from './swap.js';
import { withoutTimeout, inWorkspace, withReconnect, type Workspace } from './workspace.js';

/** Few enough to replay while intake waits. */
const TINY_TAIL = 50;
const PAUSE_MS = 1000;
/** A backup may hold the tables for an hour. */
const MAX_ATTEMPTS = 3600;

/**
 * Projects the whole log into new tables beside a running service, then swaps them in. Killed before the swap, it has
 * changed nothing. Killed after it, it leaves marks, which the next start of a service or the next run applies.
 * @param shares in how many threads, at most
 * @returns how many events were projected
 * @throws Error if another rebuild or verification runs, or the tables cannot be replaced
 */
export function rebuild(url: string, report: Report = () => undefined, shares?: number): Promise<number> {
  return inWorkspace(url, 'rebuild', async (workspace) => {
    // Marks that an earlier run left must be applied before this run's.
    await withReconnect(workspace.lost, () => markLog(workspace));
    await copyKept(workspace);
    const replay = new Replay(workspace, report, shares);
    await replay.catchUpBelow(SHORT_TAIL);
    await withReconnect(workspace.lost, () => finish(workspace));
    await swapWhenFree(workspace, replay);
    await withReconnect(null, () => markLog(workspace)).catch(leaveToNextStart);
    return replay.events;
  });
}

/** May be repeated. The planner needs statistics before the first query. */
function finish(workspace: Workspace): Promise<void> {
  const { name, finishing } = workspace;
  const analyzing = projectedTables.map((table) => `vacuum (analyze) ${name}.${table}`);
  return withoutTimeout(workspace, [...finishing, foldAllSql(name), ...analyzing]);
}

function markLog({ database, home }: Workspace): Promise<void> {
  return applyProblemChanges(database.intake, `${home}.`);
}

/** The tables are swapped by now, and the marks are among them. */
function leaveToNextStart(error: unknown): void {
  if (!isAway(error)) throw error;
}

async function swapWhenFree(workspace: Workspace, replay: Replay): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    await replay.catchUpBelow(TINY_TAIL, 5);
    if (replay.reached && (await swap(workspace, replay.reached, attempt % 10 === 0))) return;
    await pause(PAUSE_MS);
  }
  throw new Error('Others hold the tables all the time (pg_stat_activity says who), so they were not replaced.');
}
