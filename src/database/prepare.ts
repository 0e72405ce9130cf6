import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { MIGRATION_LOCK } from './locks/advisory-locks.js';
import { connection, quoted, schemaOf } from './connection.js';
import { hasCitus } from './distributed-log.js';
import { raiseEpoch } from './epoch.js';
import { isPrepared, migrate } from './migrate.js';
import { openPrisma } from './prisma.js';
import { DIRECT, POOLER, readFacts, requireFacts } from './server-facts.js';
import { CannotStart } from '../settings/cannot-start.js';

/**
 * Migrates a database to this version. Any number of processes may do so at once.
 * @returns the migrations applied
 * @throws CannotStart
 */
export async function prepare(url: string, folder?: string): Promise<string[]> {
  const client = await connectTo(url);
  try {
    const schema = schemaOf(url);
    if (schema !== undefined) await makeSchema(client, schema);
    requireFacts(await readFacts(client), schema);
    await lock(client);
    const applied = await migrate(client, folder);
    if (folder === undefined) await checkEpoch(url);
    return applied;
  } catch (error) {
    throw error instanceof pg.DatabaseError ? refused(error) : error;
  } finally {
    await client.end();
  }
}

/** @throws CannotStart unless a service has prepared this database before */
export async function requireLedger(url: string): Promise<void> {
  const client = await connectTo(url);
  try {
    if (await isPrepared(client)) return;
  } finally {
    await client.end();
  }
  throw new CannotStart('this database has no tables of Roomledger', 'Give the DATABASE_URL of the service');
}

async function connectTo(url: string): Promise<pg.Client> {
  const client = await open(url);
  if ((await hasCitus(client)) && (await isWorker(client))) {
    await client.end();
    throw new CannotStart('DATABASE_URL leads to a worker of Citus', 'Give the URL of the coordinator');
  }
  return client;
}

async function isWorker(client: pg.Client): Promise<boolean> {
  return (await client.query('SELECT FROM pg_dist_local_group WHERE groupid <> 0')).rows.length > 0;
}

async function open(url: string): Promise<pg.Client> {
  try {
    const client = new pg.Client(connection(url, '-c lock_timeout=300000'));
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (error) {
    const { message } = error as Error;
    if (/unsupported startup parameter/.test(message)) throw new CannotStart(`${POOLER} (${message})`, DIRECT);
    throw new CannotStart(
      `no connection to the database at ${new URL(url).host} (${message})`,
      'Check its URL in the settings, and that the server runs',
    );
  }
}

/** As Prisma does for its `?schema=`. */
async function makeSchema(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rows.length === 0) await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`);
}

const INSUFFICIENT_PRIVILEGE = '42501';

function refused({ code, message }: pg.DatabaseError): CannotStart {
  const remedy =
    code === INSUFFICIENT_PRIVILEGE
      ? 'Grant its role what docs/operations.md lists'
      : 'Mend what it says, then start again';
  return new CannotStart(`the database refuses to be prepared (${message})`, remedy);
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
