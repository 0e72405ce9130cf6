import type { Pool } from 'pg';
import type { LedgerEvent } from '../livekit/event.js';
import { project } from '../projection/project.js';
import { isAway, isPassing } from './failure.js';
import { entriesOf, freshOf, logStatement, type Logged } from './log.js';
import { inTransaction } from './transaction.js';

const ATTEMPTS = 4;

/** The log rows and what they project to, in one transaction. */
async function commitOnce(pool: Pool, events: readonly LedgerEvent[]): Promise<void> {
  const entries = entriesOf(events);
  await inTransaction(pool, async (run) => {
    const fresh = freshOf(entries, await run<Logged>(logStatement(entries)));
    return project(
      run,
      fresh.filter(({ problem }) => problem === null),
    );
  });
}

/**
 * Commits a batch. Events that Postgres or the projection refuse do not hold up the others: the batch
 * is halved until they stand alone, and each of them is kept in the log with its problem.
 *
 * @throws what made the database unreachable; nothing of the batch is promised then.
 */
export async function commit(pool: Pool, events: readonly LedgerEvent[]): Promise<void> {
  try {
    await withRetries(() => commitOnce(pool, events));
  } catch (error) {
    if (isAway(error) || isPassing(error)) throw error;
    await commitApart(pool, events, error);
  }
}

async function commitApart(pool: Pool, events: readonly LedgerEvent[], error: unknown): Promise<void> {
  if (events.length > 1) {
    const middle = Math.ceil(events.length / 2);
    await commit(pool, events.slice(0, middle));
    await commit(pool, events.slice(middle));
    return;
  }
  const [event] = events;
  if (!event || event.problem !== null) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  await withRetries(() => commitOnce(pool, [{ ...event, problem: `cannot be projected: ${reason}` }]));
}

async function withRetries(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
    }
  }
}
