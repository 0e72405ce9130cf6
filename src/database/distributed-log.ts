import type { ClientBase, Pool } from 'pg';
import { inTransaction, type Run, type Statement } from './transaction.js';

/** Has a row in each shard of the log, so that a question of it asks every worker of the log. */
export const NODES = 'log_node';

const known = new WeakMap<Pool, Promise<boolean>>();

/** Whether Citus spreads the log over workers. Asked once: only the log of stopped services is distributed. */
export function logIsDistributed(pool: Pool): Promise<boolean> {
  let asked = known.get(pool);
  if (asked === undefined) {
    asked = isDistributed(pool);
    known.set(pool, asked);
    asked.catch(() => known.delete(pool));
  }
  return asked;
}

export async function isDistributed(client: ClientBase | Pool, log = 'webhook_event'): Promise<boolean> {
  if (!(await hasCitus(client))) return false;
  const text = `select from pg_dist_partition where partmethod = 'h' and logicalrelid = to_regclass($1)`;
  return (await client.query(text, [log])).rows.length > 0;
}

export async function hasCitus(client: ClientBase | Pool): Promise<boolean> {
  return (await client.query("select from pg_extension where extname = 'citus'")).rows.length > 0;
}

/** For a statement of the distributed log in intake's transactions: Citus plans for values only. */
export function planned<R>(run: Run, statement: Statement): Promise<R[]> {
  const tell = (mode: string): void => {
    const text = `set local plan_cache_mode = ${mode}`;
    run({ name: text, text, values: [] }).catch(() => undefined);
  };
  tell('force_custom_plan');
  const rows = run<R>(statement);
  tell('force_generic_plan');
  return rows;
}

/** A statement of the log by itself, on intake's connections. */
export async function onLog<R extends object>(pool: Pool, statement: Statement): Promise<R[]> {
  if (!(await logIsDistributed(pool))) return (await pool.query<R>(statement)).rows;
  let rows: R[] = [];
  await inTransaction(pool, async (run) => {
    rows = await planned<R>(run, statement);
    return [];
  });
  return rows;
}

export interface Unsettled {
  readonly snapshot: string;
  /** As `xmin` shows transactions: 32 bits. */
  readonly prepared: readonly string[];
}

/**
 * A snapshot of the coordinator, and who is committed there or will be, but still prepared on a worker. Fails while a
 * worker is away. @param schema with a dot at the end, or empty
 */
export function unsettledSql(schema = ''): string {
  return `with on_workers as materialized (select distinct (pg_prepared_xact()).gid from ${schema}${NODES})
    select pg_current_snapshot()::text as snapshot,
      array(select t.xmin::text from pg_dist_transaction t join on_workers using (gid)) as prepared`;
}

/**
 * The snapshot, without transactions whose rows of the log are not seen yet: the coordinator's ends before those of the
 * workers.
 */
export function settledSnapshot({ snapshot, prepared }: Unsettled): string {
  const [xmin, xmax, list = ''] = snapshot.split(':') as [string, string, string?];
  const last = BigInt(xmax);
  const running = new Set(list.split(',').filter(Boolean).map(BigInt));
  for (const xid of prepared) {
    const same = (last & ~0xffff_ffffn) | BigInt(xid);
    running.add(same < last ? same : same - 0x1_0000_0000n);
  }
  const sorted = [...running].sort((a, b) => (a < b ? -1 : 1));
  const first = sorted[0] === undefined || BigInt(xmin) < sorted[0] ? BigInt(xmin) : sorted[0];
  return `${first}:${xmax}:${sorted.join(',')}`;
}
