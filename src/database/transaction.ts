import type { Pool, PoolClient, QueryResult } from 'pg';
import { breakOffWhenHung } from './hung.js';
import { Rounds } from './driver/round.js';

/** One named statement: prepared once a connection. */
export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

/** Runs a statement in its transaction; statements given together travel together. */
export type Run = <R>(statement: Statement) => Promise<R[]>;

/**
 * Longer than the server's own statement_timeout, which a commit that waits for a lost replica does not heed. For all
 * of a transaction: with a timer for each statement, V8 took whatever its statements left behind for long-lived.
 */
const MOST_MS = 60_000;

/**
 * One transaction on a pipelined connection: `work` reads and says what to write, and the writes travel
 * with the commit. Committed when the promise is kept, rolled back when it is broken.
 */
export async function inTransaction(pool: Pool, work: (run: Run) => Promise<Statement[]>): Promise<void> {
  const client = await pool.connect();
  const endWatch = breakOffWhenHung(pool, client, MOST_MS);
  const pending = new Set<Promise<unknown>>();
  const rounds = new Rounds(client);
  const send = <R extends object>(statement: Statement): Promise<QueryResult<R>> => {
    const sent = rounds.run<R>(statement);
    pending.add(sent);
    sent.then(
      () => pending.delete(sent),
      () => undefined,
    );
    return sent;
  };
  let failure: unknown = null;
  try {
    void send({ name: 'begin', text: 'begin', values: [] });
    const writes = await work(async <R>(statement: Statement) => (await send<R & object>(statement)).rows as R[]);
    const last = [...writes.map((write) => send(write)), send({ name: 'commit', text: 'commit', values: [] })];
    const results = await Promise.all(last);
    if (results.at(-1)?.command !== 'COMMIT') throw new Error('the transaction was rolled back');
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await leave(client, pending, failure !== null).finally(endWatch);
  }
}

/** After a failure all that was sent must be answered before the connection can be used again. */
async function leave(client: PoolClient, pending: Set<Promise<unknown>>, failed: boolean): Promise<void> {
  if (!failed) return client.release();
  await Promise.allSettled(pending);
  const rolledBack = await client.query('rollback').then(
    () => true,
    () => false,
  );
  client.release(!rolledBack);
}
