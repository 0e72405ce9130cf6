import type { Pool, PoolClient, QueryResult } from 'pg';
import { breakOffWhenHung } from './hung.js';
import { query } from './prepared.js';

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
  const send = <R extends object>(statement: Statement | { text: string }): Promise<QueryResult<R>> => {
    gather(client.connection.stream);
    const sent = query<R>(client, statement);
    pending.add(sent);
    sent.then(
      () => pending.delete(sent),
      () => undefined,
    );
    return sent;
  };
  let failure: unknown = null;
  try {
    void send({ text: 'begin' });
    const writes = await work(async <R>(statement: Statement) => (await send<R & object>(statement)).rows as R[]);
    const last = [...writes.map((write) => send(write)), send({ text: 'commit' })];
    const results = await Promise.all(last);
    if (results.at(-1)?.command !== 'COMMIT') throw new Error('the transaction was rolled back');
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await leave(client, pending, failure !== null).finally(endWatch);
  }
}

/** What is sent in one turn of the event loop leaves together. */
function gather(stream: PoolClient['connection']['stream']): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
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
