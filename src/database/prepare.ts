import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { MIGRATION_LOCK } from './locks/advisory-locks.js';
import { connection } from './connection.js';
import { raiseEpoch } from './epoch.js';
import { migrate } from './migrate.js';
import { openPrisma } from './prisma.js';
import { readFacts, requireFacts } from './server-facts.js';
import { CannotStart } from '../settings/cannot-start.js';

/**
 * Migrates a database to this version. Any number of processes may do so at once.
 * @returns the migrations applied
 * @throws CannotStart
 */
export async function prepare(url: string, folder?: string): Promise<string[]> {
  const client = new pg.Client(connection(url, '-c lock_timeout=300000'));
  client.on('error', () => undefined);
  await client.connect().catch((error: Error) => {
    throw new CannotStart(
      `no connection to the database at ${new URL(url).host} (${error.message})`,
      'Check DATABASE_URL',
    );
  });
  try {
    requireFacts(await readFacts(client));
    await lock(client);
    const applied = await migrate(client, folder);
    if (folder === undefined) await checkEpoch(url);
    return applied;
  } finally {
    await client.end();
  }
}

async function checkEpoch(url: string): Promise<void> {
  const prisma = openPrisma(url);
  await raiseEpoch(prisma).finally(() => prisma.$disconnect());
}

/** Polls: a waiting statement would block another process's CREATE INDEX CONCURRENTLY. */
async function lock(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [MIGRATION_LOCK]);
    if (rows[0]?.held) return;
    await delay(100);
  }
}
