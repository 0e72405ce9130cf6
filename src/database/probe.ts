import pg from 'pg';

/** Of a connection and of its answer, each. */
const PATIENCE_MS = 1_750;

/**
 * Asks the pool's database on a connection of its own, which waits for nothing else that goes on.
 *
 * @throws what came in place of an answer
 */
export async function ask<Row extends object>(pool: pg.Pool, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({
    ...pool.options,
    pipeline: false,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(text, values)).rows;
  } finally {
    // A server that hangs never says goodbye.
    void client.end().catch(() => undefined);
    setTimeout(() => client.connection.stream.destroy(), PATIENCE_MS).unref();
  }
}

/** Asks whether it can be written: no standby, and not made read-only. */
export const selectWritable = `select not pg_is_in_recovery()
  and current_setting('transaction_read_only') = 'off' as writable`;

/** Whether the database answers, and takes writes. */
export async function isWritable(pool: pg.Pool): Promise<boolean> {
  const [row] = await ask<{ writable: boolean }>(pool, selectWritable).catch(() => []);
  return row?.writable ?? false;
}
