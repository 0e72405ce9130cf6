import type { QueryConfig } from 'pg';
import type { Scope } from '../access/scope.js';
import { cancel } from '../database/driver/driver.js';
import { Reading, type Row, type Tables } from '../read/reading.js';

/** A reading that `signal` stops, by cancelling the running statement. */
export class StoppableReading extends Reading {
  constructor(
    private readonly read: Tables,
    scope: Scope,
    private readonly until: { readonly now: string; readonly signal: AbortSignal },
  ) {
    super(read, scope, until.now);
  }

  get stopped(): boolean {
    return this.until.signal.aborted;
  }

  protected override async run(query: QueryConfig): Promise<Row[]> {
    const { signal } = this.until;
    signal.throwIfAborted();
    const client = await this.read.pool.connect();
    const stop = (): void => void cancel(this.read.pool, client);
    signal.addEventListener('abort', stop);
    try {
      signal.throwIfAborted();
      return (await client.query<Row>(query)).rows;
    } finally {
      signal.removeEventListener('abort', stop);
      // A late cancel must not hit another reading's statement.
      client.release(signal.aborted);
    }
  }
}
