import pg from 'pg';
import { FastClient } from './fast-client.js';
import { FastQuery, MeasuredQuery, type Takes } from './fast-query.js';
import { processOf } from './pg-internals.js';

/** Fast: this service reads rows itself, through undocumented parts of pg. Plain: pg alone. */
export type Driver = 'fast' | 'plain';

/** For connecting, and again for the answer. */
const PATIENCE_MS = 1_750;

export function openPool(config: pg.PoolConfig, driver: Driver): pg.Pool {
  const pool = new pg.Pool({ ...config, Client: driver === 'fast' ? FastClient : pg.Client });
  pool.on('error', ignore);
  pool.on('connect', (client) => {
    client.on('error', ignore);
    openedAt.set(client, performance.now());
  });
  return pool;
}

const openedAt = new WeakMap<pg.PoolClient, number>();
const renewedAt = new WeakMap<pg.Pool, number>();

/** Replaces every connection of the pool before its next use: sessions keep settings that were since corrected. */
export function renew(pool: pg.Pool): void {
  renewedAt.set(pool, performance.now());
}

/** A connection that was opened after the pool was last renewed. */
export async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  for (;;) {
    const client = await pool.connect();
    if ((openedAt.get(client) ?? Infinity) >= (renewedAt.get(pool) ?? 0)) return client;
    client.release(true);
  }
}

/** Reads rows until one is not taken; the caller then cancels the statement, and its end is no failure. */
export function readRows<Row>(
  client: pg.PoolClient,
  config: pg.QueryConfig,
  takes: Takes,
): Promise<{ rows: Row[]; cut: boolean }> {
  const fast = client instanceof FastClient && config.name !== undefined;
  const query = fast ? new FastQuery(config, takes) : new MeasuredQuery(config, takes);
  return new Promise((resolve, reject) => {
    const done = (error: Error | undefined): void => {
      if (!error || query.cut) return resolve({ rows: query.kept as Row[], cut: query.cut });
      Error.captureStackTrace(error);
      reject(error);
    };
    (client.query as unknown as (asked: MeasuredQuery, done: (error?: Error) => void) => void)(query, done);
  });
}

/** Asks on a connection of its own, so that no other statement delays the answer. */
export function ask<Row extends object>(pool: pg.Pool, text: string, values: unknown[] = []): Promise<Row[]> {
  return onOwnConnection(pool, async (client) => (await client.query<Row>(text, values)).rows);
}

/** Works on a connection that is not the pool's, but has its settings. Each answer may take 1.75 s. */
export async function onOwnConnection<T>(pool: pg.Pool, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await openClient(pool);
  try {
    return await work(client);
  } finally {
    endClient(client);
  }
}

/** A connection that is not the pool's, but has its settings. Each answer may take 1.75 s. */
export async function openClient(pool: pg.Pool): Promise<pg.Client> {
  const client = new pg.Client({
    ...pool.options,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on('error', ignore);
  try {
    await client.connect();
    return client;
  } catch (error) {
    endClient(client);
    throw error;
  }
}

export function endClient(client: pg.Client): void {
  // A hung server never closes the connection.
  void client.end().catch(ignore);
  setTimeout(() => client.connection.stream.destroy(), PATIENCE_MS).unref();
}

/** Cancels the running statement; breaks the connection off if the server cannot be reached. */
export async function cancel(pool: pg.Pool, client: pg.PoolClient): Promise<void> {
  await ask(pool, 'select pg_cancel_backend($1::int)', [processOf(client)]).catch(() => breakOff(client, 'hung'));
}

export function breakOff(client: pg.PoolClient, why: string): void {
  client.connection.stream.destroy(new Error(`The connection ${why} and was terminated`));
}

/** Lost: the server does not answer, or a worker of Citus that it waits for. Idle: it answers, and does nothing for this client. */
export type State = 'lost' | 'idle' | 'working';

/** Citus waits for workers as if for a client; while it cancels a statement there, it does not say that it waits. */
const stateSql = `select state <> 'active' as idle, state = 'active' and to_regclass('log_node') is not null
    and (wait_event = 'ClientRead' or clock_timestamp() - query_start > current_setting('statement_timeout')::interval) as waits
  from pg_stat_activity where pid = $1`;

export async function stateOf(pool: pg.Pool, client: pg.PoolClient): Promise<State> {
  try {
    const [backend] = await ask<{ idle: boolean; waits: boolean }>(pool, stateSql, [processOf(client)]);
    if (backend?.waits) await ask(pool, 'select count(*) from log_node');
    return backend?.idle ? 'idle' : 'working';
  } catch (error) {
    return error instanceof pg.DatabaseError ? 'working' : 'lost';
  }
}

function ignore(): void {}
