import pg from 'pg';
import { OWNER_LOCK } from '../locks/advisory-locks.js';

/** Claims the server until the returned connection ends. @param name what other services report; begins with the pid */
export async function claim(url: string, name: string): Promise<pg.Client> {
  const client = await connect(url, name);
  await client.query('SELECT pg_advisory_lock($1)', [OWNER_LOCK]);
  return client;
}

export async function findOwner(url: string): Promise<string | null> {
  const client = await connect(url, 'asking for the owner');
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
       WHERE l.locktype = 'advisory' AND l.objid = $1 AND l.granted`,
      [OWNER_LOCK],
    );
    return rows[0]?.name ?? null;
  } finally {
    await client.end();
  }
}

async function connect(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
