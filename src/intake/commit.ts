import type { Pool } from 'pg';
import { inTransaction } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { apart, poisonOf } from '../projection/apart.js';
import { project } from '../projection/project.js';
import { entriesOf, freshOf, logStatement, type Logged } from './log.js';

/**
 * Commits events: their log rows and what they project to, in one transaction. An event that cannot be
 * projected is kept in the log with its problem.
 *
 * @throws what made the database unreachable, or refused even the log row; nothing is promised then
 */
export async function commit(pool: Pool, events: readonly LedgerEvent[]): Promise<void> {
  await apart(
    events,
    (some) => commitOnce(pool, some),
    async (event, error) => {
      if (event.problem !== null) throw error;
      await commitOnce(pool, [{ ...event, problem: poisonOf(error) }]);
    },
  );
}

async function commitOnce(pool: Pool, events: readonly LedgerEvent[]): Promise<void> {
  const entries = entriesOf(events);
  await inTransaction(pool, async (run) => {
    const fresh = freshOf(entries, await run<Logged>(logStatement(entries)));
    return project(run, fresh);
  });
}
