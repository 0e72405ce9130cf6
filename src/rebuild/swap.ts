import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { planned } from '../database/distributed-log.js';
import { isAway, isPassing } from '../database/failure.js';
import { inTransaction, type Run, type Statement } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { pagesOf, readRow, stretchSince, type LogStretch, type Replayed } from './log-pages.js';
import { projectReplayed } from './replay-page.js';
import { sightingsOf } from './sighting-pages.js';
import { countMigrations, projectedTables } from './shadow.js';
import { withReconnect, refuseLost, type Workspace } from './workspace.js';

/** Events that may be replayed while everything else waits. */
export const SHORT_TAIL = 1000;
/** How long to wait for locks on the live tables. */
const LOCK_MS = 200;
/** For every tenth attempt: an autovacuum gives way only after deadlock_timeout, a second. */
const PATIENT_LOCK_MS = 1500;
const IN_PROGRESS_MS = 100;

class TailTooLong extends Error {}
class PoisonInTail extends Error {}

/**
 * Replaces the live tables in one short transaction. Its locks wait for every writer, so the log is then complete;
 * those who wait continue on the new tables.
 * @returns false if the locks are not free, or too much has arrived since `reached`
 */
export async function swap(workspace: Workspace, reached: LogStretch, patient: boolean): Promise<boolean> {
  const begun: { id?: string } = {};
  try {
    await inTransaction(workspace.database.intake, async (run) => {
      const wait = patient ? PATIENT_LOCK_MS : LOCK_MS;
      await run(statement(`wait ${wait}`, `set local lock_timeout = ${wait}`));
      await lockTables(run, workspace);
      const [own] = await run<{ id: string }>(statement('own id', 'select pg_current_xact_id()::text as id'));
      begun.id = own!.id;
      const writes = await projectTail(run, workspace, reached);
      refuseLost(workspace);
      return [...writes, ...exchange(workspace)];
    });
    return true;
  } catch (error) {
    if (isPassing(error) || error instanceof TailTooLong || error instanceof PoisonInTail) return false;
    if (isAway(error)) return begun.id !== undefined && isCommitted(workspace, begun.id);
    throw error;
  }
}

/** For a transaction whose connection broke before the answer. */
async function isCommitted({ database }: Workspace, id: string): Promise<boolean> {
  for (;;) {
    const { rows } = await withReconnect(null, () =>
      database.intake.query<{ status: string }>('select pg_xact_status($1::text::xid8) as status', [id]),
    );
    if (rows[0]?.status !== 'in progress') return rows[0]?.status === 'committed';
    await pause(IN_PROGRESS_MS);
  }
}

async function lockTables(run: Run, { home, migrations }: Workspace): Promise<void> {
  const live = projectedTables.map((table) => `${home}.${table}`).join(', ');
  await run(statement('lock live', `lock table ${live} in access exclusive mode`));
  const [now] = await run<{ count: number }>(statement('migrations', countMigrations(`${home}._prisma_migrations`)));
  if (now?.count !== migrations) throw new Error('The tables were migrated meanwhile. Rebuild again.');
}

async function projectTail(run: Run, log: Workspace, reached: LogStretch): Promise<Statement[]> {
  const tail: Replayed[] = [];
  const sightings: LedgerEvent[] = [];
  const read: Run = log.distributed ? (statement) => planned(run, statement) : run;
  const stretch = await stretchSince(read, log, reached);
  // A lost worker's transaction: its rows would be behind this stretch once they are seen.
  if (!stretch.whole) throw new TailTooLong();
  for await (const page of pagesOf(read, log, stretch)) {
    tail.push(...page.map(readRow));
    if (tail.length > SHORT_TAIL) throw new TailTooLong();
  }
  for await (const page of sightingsOf(run, log.home, stretch)) {
    sightings.push(...page);
    if (sightings.length > SHORT_TAIL) throw new TailTooLong();
  }
  try {
    return await projectReplayed(run, tail, sightings);
  } catch (error) {
    // The next catch-up bisects these events.
    throw error instanceof pg.DatabaseError && !isAway(error) && !isPassing(error) ? new PoisonInTail() : error;
  }
}

/** Prepared statements replan; indexes and constraints move with their tables. */
function exchange({ name, home, following }: Workspace): Statement[] {
  return [
    ...projectedTables.flatMap((table) => [
      statement(`drop ${table}`, `drop table ${home}.${table}`),
      statement(`move ${table}`, `alter table ${name}.${table} set schema ${home}`),
    ]),
    ...following.map((text, at) => statement(`follow ${at}`, text)),
  ];
}

function statement(name: string, text: string): Statement {
  return { name, text, values: [] };
}
