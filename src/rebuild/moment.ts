import pg from 'pg';
import { connection } from '../database/connection.js';
import type { Workspace } from './workspace.js';

/** One snapshot for all statements. */
export async function atOneMoment<T>(
  { url }: Pick<Workspace, 'url'>,
  work: (live: pg.Client) => Promise<T>,
): Promise<T> {
  const live = new pg.Client(connection(url, '-c idle_in_transaction_session_timeout=0'));
  live.on('error', () => undefined);
  await live.connect();
  try {
    await live.query('begin isolation level repeatable read, read only');
    return await work(live);
  } finally {
    await live.end();
  }
}
