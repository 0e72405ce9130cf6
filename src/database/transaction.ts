import type { Pool, PoolClient, QueryResult } from 'pg';
import { connect } from './driver/driver.js';
import { faultOf } from './failure.js';
import { breakOffWhenHung } from './hung.js';

/** One named statement: prepared once a connection. */
export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

/** Runs a statement in its transaction; statements asked for together are sent without waiting for each other. */
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
  const client = await connect(pool);
  const endWatch = breakOffWhenHung(pool, client, MOST_MS);
  const pipeline = new Pipeline(client);
  try {
    // Waited for: what follows a begin that failed would be committed, each by itself.
    await pipeline.send({ name: 'begin', text: 'begin', values: [] });
    const writes = await work(
      async <R>(statement: Statement) => (await pipeline.send<R & object>(statement)).rows as R[],
    );
    await pipeline.sendAll(writes);
    const { command } = await pipeline.send({ name: 'commit', text: 'commit', values: [] });
    if (command !== 'COMMIT') throw pipeline.failure ?? new Error('the transaction was rolled back');
  } catch (error) {
    pipeline.failure ??= error;
    throw error;
  } finally {
    await leave(client, pipeline).finally(endWatch);
  }
}

/** The statements of a transaction. After one that failed Postgres refuses the others: they fail with its error. */
class Pipeline {
  failure: unknown = null;
  private readonly pending = new Set<Promise<unknown>>();

  constructor(private readonly client: PoolClient) {}

  send<R extends object>(statement: Statement): Promise<QueryResult<R>> {
    const sent = this.client.query<R>(statement).catch((error: unknown) => {
      throw (this.failure ??= error);
    });
    this.pending.add(sent);
    sent.then(
      () => this.pending.delete(sent),
      () => undefined,
    );
    return sent;
  }

  /** Sends all, and waits for no answer. Of one that it cannot send pg says so a tick later, by promises. */
  async sendAll(statements: readonly Statement[]): Promise<void> {
    for (const statement of statements) void this.send(statement);
    for (const _tick of [1, 2]) await new Promise((resolve) => process.nextTick(resolve));
    if (this.failure !== null) throw this.failure;
  }

  async answered(): Promise<void> {
    await Promise.allSettled(this.pending);
  }
}

/** After a failure all that was sent must be answered before the connection can be used again. */
async function leave(client: PoolClient, pipeline: Pipeline): Promise<void> {
  if (pipeline.failure === null) return client.release();
  await pipeline.answered();
  // The session itself may be at fault: read-only, or with settings that were since corrected.
  if (faultOf(pipeline.failure) === 'database') return client.release(true);
  const rolledBack = await client.query('rollback').then(
    () => true,
    () => false,
  );
  client.release(!rolledBack);
}
