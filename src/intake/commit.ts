import type { Pool } from 'pg';
import { inTransaction } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { apart, poisonOf } from '../projection/apart.js';
import { project } from '../projection/project.js';
import { countDiffering, differingAmong } from './known.js';
import { entriesOf, freshOf, logStatement, type Logged } from './log.js';

/** What became of deliveries. */
export interface Committed {
  /** Events that the log did not have. */
  fresh: number;
  /** Further deliveries of events. */
  known: number;
  /** Of the fresh ones, those that are kept with a problem. */
  problems: number;
  /** Of the known ones, those with another body. */
  differing: number;
}

const nothing: Committed = { fresh: 0, known: 0, problems: 0, differing: 0 };

/**
 * Commits events: their log rows and what they project to, in one transaction. An event that cannot be
 * projected is kept in the log with its problem.
 *
 * @throws what made the database unreachable, or refused even the log row; nothing is promised then
 */
export async function commit(pool: Pool, events: readonly LedgerEvent[]): Promise<Committed> {
  const committed = { ...nothing };
  await apart(
    events,
    async (some) => add(committed, await commitOnce(pool, some)),
    async (event, error) => {
      if (event.problem !== null) throw error;
      add(committed, await commitOnce(pool, [{ ...event, problem: poisonOf(error) }]));
    },
  );
  return committed;
}

async function commitOnce(pool: Pool, events: readonly LedgerEvent[]): Promise<Committed> {
  const entries = entriesOf(events);
  let committed: Committed = { ...nothing };
  await inTransaction(pool, async (run) => {
    const fresh = freshOf(entries, await run<Logged>(logStatement(entries)));
    const isFresh = new Set(fresh);
    const known = entries.filter((entry) => !isFresh.has(entry));
    const firsts = fresh.map(({ event }) => event);
    const [differing, writes] = await Promise.all([countDiffering(run, known), project(run, firsts)]);
    committed = {
      fresh: fresh.length,
      known: events.length - fresh.length,
      problems: firsts.filter(({ problem }) => problem !== null).length,
      differing: differing + differingAmong(fresh),
    };
    return writes;
  });
  return committed;
}

function add(to: Committed, more: Committed): void {
  to.fresh += more.fresh;
  to.known += more.known;
  to.problems += more.problems;
  to.differing += more.differing;
}
