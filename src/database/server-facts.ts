import type { Client, Pool } from 'pg';
import { CannotStart } from '../settings/cannot-start.js';

const OLDEST = 15;

export interface ServerFacts {
  /** For example `15.4 (Debian 15.4-1)`. */
  readonly version: string;
  readonly encoding: string;
}

export async function readFacts(client: Client): Promise<ServerFacts> {
  const { rows } = await client.query<ServerFacts>(
    `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding`,
  );
  return rows[0]!;
}

/** @throws CannotStart */
export function requireFacts({ version, encoding }: ServerFacts): void {
  if (!(Number.parseInt(version, 10) >= OLDEST)) throw new CannotStart(`the database is PostgreSQL ${version}`);
  if (encoding !== 'UTF8') {
    throw new CannotStart(
      `the database is encoded in ${encoding}, which cannot hold every name`,
      'Create it with ENCODING UTF8',
    );
  }
}

/** Settings with which a crash of the server's machine can lose acknowledged events. */
export async function unsafeSettings(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name`,
  );
  return rows.map(({ name }) => name);
}
