import type { Pool, QueryConfig } from 'pg';
import type { Scope } from '../access/scope.js';
import { cancel } from '../database/driver/driver.js';
import { Reading, type Row } from '../read/reading.js';

/** Reads as a question of the API does, until `signal` says stop: then the statement under way ends at once. */
export class StoppableReading extends Reading {
  constructor(
    private readonly connections: Pool,
    scope: Scope,
    private readonly until: { readonly now: string; readonly signal: AbortSignal },
  ) {
    super({ pool: connections, distributed: false, names: null }, scope, until.now);
  }

  /** Nobody waits for what is read any more. */
  get stopped(): boolean {
    return this.until.signal.aborted;
  }

  protected override async run(query: QueryConfig): Promise<Row[]> {
    const { signal } = this.until;
    signal.throwIfAborted();
    const client = await this.connections.connect();
    const stop = (): void => void cancel(this.connections, client);
    signal.addEventListener('abort', stop);
    try {
      signal.throwIfAborted();
      return (await client.query<Row>(query)).rows;
    } finally {
      signal.removeEventListener('abort', stop);
      // A cancelling that comes late must not meet somebody else's statement.
      client.release(signal.aborted);
    }
  }
}
