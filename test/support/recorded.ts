import type { Pool, QueryConfig } from 'pg';

export interface Sent {
  /** Of what connections keep prepared. */
  readonly name?: string | undefined;
  readonly text: string;
  readonly values?: unknown[];
}

/** Keeps what a pool is asked, until it is stopped. */
export function record(pool: Pool): { sent: Sent[]; stop: () => void } {
  const sent: Sent[] = [];
  const query = pool.query.bind(pool) as (config: QueryConfig | string, values?: unknown[]) => unknown;
  Object.assign(pool, {
    query(config: QueryConfig | string, values?: unknown[]): unknown {
      sent.push(typeof config === 'string' ? { text: config, values } : config);
      return query(config, values);
    },
  });
  return { sent, stop: () => void Reflect.deleteProperty(pool, 'query') };
}
