import type { ClientBase } from 'pg';
import { LOG_READ_LOCK } from '../database/locks/advisory-locks.js';

/** Until its connection ends or {@link letLogGo}, nothing is dropped from the log. */
export async function holdLog(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock_shared($1)', [LOG_READ_LOCK]);
}

export async function letLogGo(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_unlock_shared($1)', [LOG_READ_LOCK]);
}
