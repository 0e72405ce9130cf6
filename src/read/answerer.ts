import type { Pool, PoolClient, QueryConfig } from 'pg';
import { cancel, readRows } from '../database/driver/driver.js';
import type { Takes } from '../database/driver/fast-query.js';
import type { Replica } from '../database/replica.js';
import type { Replicas } from '../database/replicas.js';

export interface Asked {
  /** Told less than nothing of rows that are read anew. */
  readonly takes: Takes;
  /** What ended the request; null: it goes on. */
  readonly over: () => Error | null;
  readonly begun?: ((cancel: () => void) => void) | undefined;
}

export interface Answer<Row> {
  readonly rows: Row[];
  readonly cut: boolean;
}

/**
 * Asks one replica for all of a request, and from the first failure on the primary: another replica could be older
 * than what was already read.
 */
export class Answerer {
  private replica: Replica | null | undefined;
  private readonly clients = new Map<PoolClient, Pool>();

  constructor(
    private readonly primary: Pool,
    private readonly replicas: Replicas,
  ) {}

  get lagMs(): number {
    return this.choose()?.lagMs ?? 0;
  }

  async read<Row>(config: QueryConfig, asked: Asked): Promise<Answer<Row>> {
    const replica = this.choose();
    if (replica === null) return this.readAt(this.primary, config, asked);
    let bytes = 0;
    const takes = (more: number): boolean => {
      bytes += more;
      return asked.takes(more);
    };
    try {
      return await this.readAt(replica.pool, config, { ...asked, takes });
    } catch (error) {
      if (asked.over() !== null || !replica.isToBlame(error)) throw error;
      this.replica = null;
      this.replicas.askedAgain++;
      asked.takes(-bytes);
      return this.readAt(this.primary, config, asked);
    }
  }

  cancel(): void {
    for (const [client, pool] of this.clients) void cancel(pool, client);
  }

  private choose(): Replica | null {
    if (this.replica === undefined) this.replica = this.replicas.pick();
    else if (this.replica?.isFresh === false) this.replica = null;
    return this.replica;
  }

  private async readAt<Row>(pool: Pool, config: QueryConfig, asked: Asked): Promise<Answer<Row>> {
    const client = await pool.connect();
    if (pool !== this.primary && this.choose()?.pool !== pool) {
      client.release();
      return this.readAt(this.primary, config, asked);
    }
    let cut = false;
    try {
      this.clients.set(client, pool);
      if (asked.over() !== null) throw asked.over();
      asked.begun?.(() => void cancel(pool, client));
      const answer = await readRows<Row>(client, config, asked.takes);
      cut = answer.cut;
      return answer;
    } finally {
      this.clients.delete(client);
      // A late cancel must not hit another reading's statement.
      client.release(cut || asked.over() !== null);
    }
  }
}
