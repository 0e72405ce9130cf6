import type { Reading } from './reading.js';

const behind = 'greatest(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()), 0)::float8';

/** How far the database that answers is behind the one that takes events, in seconds. */
export async function lagOf(reading: Reading): Promise<number> {
  const [row] = await reading.ask(
    `select case when pg_is_in_recovery() then coalesce(${behind}, 0) else 0 end as seconds`,
  );
  return row!['seconds'] as number;
}
