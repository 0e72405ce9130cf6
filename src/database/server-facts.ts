import type { Client, Pool } from 'pg';
import { processOf } from './driver/pg-internals.js';
import { CannotStart } from '../settings/cannot-start.js';

const OLDEST = 15;

export const POOLER = 'DATABASE_URL leads to a pooler, which shares connections or drops their settings';
export const DIRECT = 'Give the URL of the PostgreSQL server itself';

export interface ServerFacts {
  /** For example `15.4 (Debian 15.4-1)`. */
  readonly version: string;
  readonly encoding: string;
  readonly schema: string | null;
  readonly searchPath: string;
  /** Whether the server has this connection's settings, and runs it in the process that it named. */
  readonly isOwn: boolean;
}

export async function readFacts(client: Client): Promise<ServerFacts> {
  const { rows } = await client.query<ServerFacts>(
    `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
      current_schema()::text AS schema, current_setting('search_path') AS "searchPath",
      pg_backend_pid() = $1 AND current_setting('roomledger.connection', true) IS NOT DISTINCT FROM 'own' AS "isOwn"`,
    [processOf(client)],
  );
  return rows[0]!;
}

/** @throws CannotStart */
export function requireFacts(facts: ServerFacts, named = 'public'): void {
  const { version, encoding, schema, searchPath, isOwn } = facts;
  if (!isOwn) throw new CannotStart(POOLER, DIRECT);
  if (!(Number.parseInt(version, 10) >= OLDEST)) throw new CannotStart(`the database is PostgreSQL ${version}`);
  if (encoding !== 'UTF8') {
    throw new CannotStart(
      `the database is encoded in ${encoding}, which cannot hold every name`,
      'Create it with ENCODING UTF8',
    );
  }
  if (schema === null) {
    throw new CannotStart(
      `none of the schemas of the search_path (${searchPath}) is in this database`,
      'Create one, or correct the search_path',
    );
  }
  if (schema !== named) {
    throw new CannotStart(
      `the search_path leads to the schema ${schema}`,
      `Name it in DATABASE_URL: ?schema=${schema}`,
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
