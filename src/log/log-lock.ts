import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { connection } from '../database/connection.js';
import { isPassing } from '../database/failure.js';
import { LOG_LOCK } from '../database/locks/advisory-locks.js';

const PAUSE_MS = 500;
/** A backup may hold the log for an hour. */
const MAX_ATTEMPTS = 7200;

/** Locks on a worker are waited for as long as others; Citus demands the order where DDL and writes are in one transaction. */
const onWorkers = '-c citus.propagate_set_commands=local -c citus.multi_shard_modify_mode=sequential';

/** A connection that alone may change the parts of the log. */
export interface LogKeeping {
  readonly client: pg.Client;
  readonly stopped: AbortSignal;
}

/** @returns null if another one works on the log, and this one does not wait */
export async function keepingLog<T>(
  url: string,
  { wait, stopped = new AbortController().signal }: { wait: boolean; stopped?: AbortSignal },
  work: (keeping: LogKeeping) => Promise<T>,
): Promise<T | null> {
  // Who freezes with the log locked loses it, as intake does.
  const settings = `-c idle_session_timeout=0 -c idle_in_transaction_session_timeout=3000 ${onWorkers}`;
  const client = new pg.Client(connection(url, settings));
  client.on('error', () => undefined);
  await client.connect();
  try {
    while (!(await takeLock(client))) {
      if (!wait || stopped.aborted) return null;
      await pause(PAUSE_MS);
    }
    return await work({ client, stopped });
  } finally {
    await client.end();
  }
}

async function takeLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [LOG_LOCK]);
  return rows[0]!.held;
}

export async function untilFree<T>(stopped: AbortSignal, work: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!isPassing(error) || stopped.aborted || attempt === MAX_ATTEMPTS) throw error;
      await pause(PAUSE_MS);
    }
  }
}
