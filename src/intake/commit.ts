import type { Pool } from 'pg';
import { inTransaction } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { apart, poisonOf } from './bisect.js';
import { project } from '../projection/project.js';
import { countDiffering } from './differing-bodies.js';
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
 * @param writing is called before the writes are sent: all else is done
 * @throws what made the database unreachable, or refused even the log row; nothing is promised then
 */
export async function commit(
  pool: Pool,
  events: readonly LedgerEvent[],
  writing: () => void = () => undefined,
): Promise<Committed> {
  const committed = { ...nothing };
  await apart(
    events,
    async (some) => add(committed, await commitOnce(pool, some, writing)),
    async (event, error) => {
      if (event.problem !== null) throw error;
      add(committed, await commitOnce(pool, [{ ...event, problem: poisonOf(error) }], writing));
    },
  );
  return committed;
}

async function commitOnce(pool: Pool, events: readonly LedgerEvent[], writing: () => void): Promise<Committed> {
  const entries = entriesOf(events);
  let committed: Committed = { ...nothing };
  await inTransaction(pool, async (run) => {
    const firsts = entries.map(({ event }) => event);
    const logging = run<Logged>(logStatement(entries)).then((logged) => freshOf(entries, logged));
    const freshFirsts = async (): Promise<LedgerEvent[]> => {
      const fresh = await logging;
      return fresh.length === entries.length ? firsts : fresh.map(({ event }) => event);
    };
    const [fresh, writes] = await Promise.all([logging, project(run, firsts, freshFirsts)]);
    committed = {
      fresh: fresh.length,
      known: events.length - fresh.length,
      problems: fresh.filter(({ event }) => event.problem !== null).length,
      differing: await countDiffering(run, entries, fresh),
    };
    writing();
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
