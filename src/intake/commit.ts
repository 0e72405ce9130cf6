import { keyStatement, type Rewritten } from '../erased/erased.js';
import type { Writer } from '../erased/writer.js';
import { logIsDistributed } from '../database/distributed-log.js';
import { inTransaction, type Run, type Statement } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { project } from '../projection/project.js';
import { bisect, type Failure, problemFrom } from './bisect.js';
import { countDifferingBodies } from './differing-bodies.js';
import { entriesOf, freshOf, logEntries, type Entry } from './event-log.js';
import { tryDatabase } from './trial.js';

export interface Committed {
  fresh: number;
  known: number;
  problems: number;
  differing: number;
}

export interface CommitResult {
  readonly committed: Committed;
  /** In the order of the events; null: it is committed. */
  readonly failures: readonly Failure[];
}

/**
 * Commits events: their log rows and what they project to, in one transaction. An event whose own values cannot be
 * projected is kept in the log with its problem. Never rejects.
 *
 * @param onWriting called once only the writes are left
 */
export async function commit(
  writer: Writer,
  events: readonly LedgerEvent[],
  onWriting: () => void = () => undefined,
): Promise<CommitResult> {
  const total: Committed = { fresh: 0, known: 0, problems: 0, differing: 0 };
  const commitTogether = async (some: readonly LedgerEvent[]): Promise<void> => {
    let committed = { ...total };
    const distributed = await logIsDistributed(writer.pool);
    const rewritten = await writer.erased.rewrite(some);
    await inTransaction(writer.pool, async (run) => {
      const { writes, ...counts } = await logAndProject(run, writer, { ...rewritten, distributed });
      committed = counts;
      onWriting();
      return writes;
    });
    add(total, committed);
  };
  const failures = await bisect(events, commitTogether, async (event, error) => {
    if (event.problem !== null) throw error;
    const trouble = await tryDatabase(writer.pool);
    if (trouble !== null) throw new DatabaseTrouble(trouble);
    await commitTogether([{ ...event, problem: problemFrom(error) }]);
  });
  return { committed: total, failures };
}

/** The database refuses events of any values. */
export class DatabaseTrouble extends Error {
  override name = 'DatabaseTrouble';

  constructor(override readonly cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

type Work = Committed & { writes: Statement[] };

async function logAndProject(
  run: Run,
  { erased }: Writer,
  rewritten: Rewritten & { distributed: boolean },
): Promise<Work> {
  const { events, found, version, distributed } = rewritten;
  const entries = entriesOf(events);
  const firsts = entries.map(({ event }) => event);
  const logging = logEntries(run, entries, { version, distributed }).then((logged) => freshOf(entries, logged));
  const checking = erased.check(run, rewritten);
  const freshFirsts = async (): Promise<LedgerEvent[]> => {
    const fresh = await logging;
    return fresh.length === entries.length ? firsts : fresh.map(({ event }) => event);
  };
  const [fresh, writes] = await Promise.all([logging, project(run, firsts, freshFirsts), checking]);
  if (found.length > 0) writes.push(keyStatement(found, true));
  return {
    ...countsOf(events, fresh),
    differing: await countDifferingBodies(run, entries, { fresh, distributed }),
    writes,
  };
}

function countsOf(events: readonly LedgerEvent[], fresh: readonly Entry[]): Omit<Committed, 'differing'> {
  const problems = fresh.filter(({ event }) => event.problem !== null).length;
  return { fresh: fresh.length, known: events.length - fresh.length, problems };
}

function add(total: Committed, more: Committed): void {
  total.fresh += more.fresh;
  total.known += more.known;
  total.problems += more.problems;
  total.differing += more.differing;
}
