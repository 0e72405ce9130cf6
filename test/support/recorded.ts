import type { Pool } from 'pg';

export interface Sent {
  readonly text: string;
  readonly values: unknown[];
}

/** Keeps what a pool is asked, until it is stopped. */
export function record(pool: Pool): { sent: Sent[]; stop: () => void } {
  const sent: Sent[] = [];
  const query = pool.query.bind(pool) as (text: string, values: unknown[]) => unknown;
  Object.assign(pool, {
    query(text: string, values: unknown[]): unknown {
      sent.push({ text, values });
      return query(text, values);
    },
  });
  return { sent, stop: () => void Reflect.deleteProperty(pool, 'query') };
}
