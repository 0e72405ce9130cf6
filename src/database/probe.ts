import type { Pool } from 'pg';
import { ask } from './driver/driver.js';

/** Asks whether it can be written: no standby, and not made read-only. */
export const selectWritable = `select not pg_is_in_recovery()
  and current_setting('transaction_read_only') = 'off' as writable`;

/** Whether the database answers, and takes writes. */
export async function isWritable(pool: Pool): Promise<boolean> {
  const [row] = await ask<{ writable: boolean }>(pool, selectWritable).catch(() => []);
  return row?.writable ?? false;
}
