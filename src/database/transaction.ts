import type { Pool, PoolClient, QueryResult } from 'pg';
import { connect } from './driver/driver.js';
import { faultOf } from './failure.js';
import { breakOffWhenHung } from './hung-connections.js';

/** Each connection prepares it once. */
export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

/** Statements started in one turn are pipelined. */
export type Run = <R>(statement: Statement) => Promise<R[]>;

/**
 * Above statement_timeout, which does not bound a commit that waits for a lost replica. One timer for the transaction:
 * with a timer for each statement, V8 promoted all garbage to its old generation.
 */
const MOST_MS = 60_000;

/**
 * A transaction on a pipelined connection. `work` reads and returns the writes, which are sent with the commit. Rolls
 * back if anything fails.
 */
export async function inTransaction(pool: Pool, work: (run: Run) => Promise<Statement[]>): Promise<void> {
  const client = await connect(pool);
  const endWatch = breakOffWhenHung(pool, client, MOST_MS);
  const pipeline = new Pipeline(client);
  try {
    const begun = pipeline.send({ name: 'begin', text: 'begin', values: [] });
    const writes = await work(async <R>(statement: Statement) => {
      // After a failed begin, every later statement would commit by itself.
      await begun;
      return (await pipeline.sendSoon<R & object>(statement)).rows as R[];
    });
    await begun;
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

/** After a failed statement Postgres refuses the others: they fail with the first error. */
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

  /** With what else is sent in this turn. */
  sendSoon<R extends object>(statement: Statement): Promise<QueryResult<R>> {
    this.cork()();
    return this.send(statement);
  }

  /** Sends all without waiting for answers. pg reports a statement it cannot send only a tick later. */
  async sendAll(statements: readonly Statement[]): Promise<void> {
    const uncork = this.cork();
    for (const statement of statements) void this.send(statement);
    for (const _tick of [1, 2]) await new Promise((resolve) => process.nextTick(resolve));
    uncork();
    if (this.failure !== null) throw this.failure;
  }

  /** Until a tick after the call that it returns, statements gather for one write to the socket. */
  private cork(): () => void {
    const { stream } = this.client.connection;
    stream.cork();
    return () => process.nextTick(() => stream.uncork());
  }

  async answered(): Promise<void> {
    await Promise.allSettled(this.pending);
  }
}

/** After a failure the connection is reusable only once every statement sent is answered. */
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
