import type { ClientBase, Pool } from 'pg';

/** How far a retention dropped the log: what lies behind these may be missing. */
export interface LogDrop {
  /** The greatest place in the log's order. A reader that continues from an earlier one may miss something. */
  readonly epoch: number;
  readonly xid: string;
  readonly seq: string;
  /** The latest time that an event that was projected may have had, and the latest arrival, in ms. */
  readonly createdUntil: number;
  readonly receivedUntil: number;
}

/** Null: the log is whole. Costs a look at as many rows as months were dropped. */
export async function readLogDrop(client: ClientBase | Pool, schema = ''): Promise<LogDrop | null> {
  const { rows } = await client.query<{ [Name in keyof LogDrop]: LogDrop[Name] | null }>(
    `select (last).epoch, (last).xid::text, (last).seq::text, "createdUntil", "receivedUntil" from (
      select (select d from ${schema}log_drop d where restored_at is null order by epoch desc, xid desc, seq desc limit 1) as last,
        round(date_part('epoch', max(created_until)) * 1000) as "createdUntil",
        round(date_part('epoch', max(received_until)) * 1000) as "receivedUntil"
      from ${schema}log_drop where restored_at is null) dropped`,
  );
  return rows[0]!.epoch === null ? null : (rows[0] as LogDrop);
}
