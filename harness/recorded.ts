import type { Pool, PoolClient, QueryConfig } from 'pg';

export interface Sent {
  /** Of what connections keep prepared. */
  readonly name?: string | undefined;
  readonly text: string;
  readonly values?: unknown[];
}

type Query = (config: QueryConfig | string, ...more: unknown[]) => unknown;

function sentBy({ name, text, values }: QueryConfig): Sent {
  return { name, text, ...(values && { values }) };
}

/** Keeps what a pool, or a connection that it lends, is asked from now on, in the order of asking. */
export function record(pool: Pool): Sent[] {
  const sent: Sent[] = [];
  const recording = (on: Pool | PoolClient): void => {
    const query = on.query.bind(on) as Query;
    const recorded: Query = (config, ...more) => {
      // Not the object itself: it may hold the rows that it has read.
      sent.push(typeof config === 'string' ? { text: config } : sentBy(config));
      return query(config, ...more);
    };
    Object.assign(on, { query: recorded });
  };
  recording(pool);
  // The pool's own query connects too, with a callback.
  const connect = pool.connect.bind(pool) as (...done: unknown[]) => unknown;
  const lend = async (): Promise<PoolClient> => {
    const client = (await connect()) as PoolClient;
    recording(client);
    return client;
  };
  Object.assign(pool, { connect: (...done: unknown[]) => (done.length > 0 ? connect(...done) : lend()) });
  pool.on('release', (_, client) => void Reflect.deleteProperty(client, 'query'));
  return sent;
}
