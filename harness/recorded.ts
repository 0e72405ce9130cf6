import type { Pool, QueryConfig } from 'pg';

export interface Sent {
  /** Of what connections keep prepared. */
  readonly name?: string | undefined;
  readonly text: string;
  readonly values?: unknown[];
}

/** Keeps what a pool is asked from now on. */
export function record(pool: Pool): Sent[] {
  const sent: Sent[] = [];
  const query = pool.query.bind(pool) as (config: QueryConfig | string, more?: unknown) => unknown;
  Object.assign(pool, {
    query(config: QueryConfig | string, more?: unknown): unknown {
      sent.push(typeof config === 'string' ? { text: config } : config);
      return query(config, more);
    },
  });
  return sent;
}
