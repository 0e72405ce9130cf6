import type { Pool } from 'pg';

export interface Sent {
  readonly text: string;
  readonly values: unknown[];
}

/** Keeps what a pool is asked, until it is stopped. */
export function record(pool: Pool): { sent: Sent[]; stop: () => void } {
  const sent: Sent[] = [];
  const query = pool.query.bind(pool) as (asked: Sent | string, values?: unknown[]) => unknown;
  Object.assign(pool, {
    query(asked: Sent | string, values?: unknown[]): unknown {
      if (typeof asked !== 'string') sent.push(asked);
      return query(asked, values);
    },
  });
  return { sent, stop: () => void Reflect.deleteProperty(pool, 'query') };
}
