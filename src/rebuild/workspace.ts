import pg from 'pg';
import { REBUILD_LOCK } from '../database/advisory-locks.js';
import { connection } from '../database/connection.js';
import { Database } from '../database/database.js';
import { holderName, type Purpose } from './lock.js';
import { dropShadows, makeShadow, refuseDependents, type Shadow } from './shadow.js';

/** A shadow that is being filled. */
export interface Workspace extends Shadow {
  readonly url: string;
  /** Aborted when the lock is lost, with its connection: another run may have begun. */
  readonly lost: AbortSignal;
  /** Names mean the shadow's tables only here: never a live one, not by mistake either. */
  readonly database: Database;
}

/**
 * Does some work with a shadow of its own, and drops what is left of it. What an interrupted run left
 * is dropped first.
 *
 * @throws Error when another one is running
 */
export async function inWorkspace<T>(
  url: string,
  purpose: Purpose,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const named = withParameters(url, { application_name: holderName(purpose) });
  const holder = new pg.Client(connection(named, '-c idle_session_timeout=0'));
  const lost = new AbortController();
  holder.on('error', () => undefined);
  holder.on('end', () => lost.abort());
  await holder.connect();
  try {
    await takeLock(holder);
    await dropShadows(holder);
    if (purpose === 'rebuild') await refuseDependents(holder);
    const shadow = await makeShadow(holder);
    return await withDatabase({ ...shadow, url: named, lost: lost.signal }, work).finally(() =>
      dropShadows(holder, shadow.name),
    );
  } finally {
    await holder.end();
  }
}

/** Statements that may take long. */
export async function atLength({ database }: Workspace, statements: readonly string[]): Promise<void> {
  const client = await database.intake.connect();
  try {
    await client.query('set statement_timeout = 0');
    for (const text of statements) await client.query(text);
  } finally {
    client.release(true);
  }
}

/** Two at once would only do the work twice. */
async function takeLock(holder: pg.Client): Promise<void> {
  const { rows } = await holder.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [REBUILD_LOCK]);
  if (!rows[0]?.held) throw new Error('Another rebuild or verification of this database is running.');
}

async function withDatabase<T>(
  place: Omit<Workspace, 'database'>,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  // Commits need not reach the disk one by one: the swap's does, and all before it.
  const options = `-c search_path=${place.name} -c synchronous_commit=off`;
  const database = new Database(withParameters(place.url, { options }), 0, { driver: 'plain' });
  try {
    return await work({ ...place, database });
  } finally {
    await database.onApplicationShutdown();
  }
}

function withParameters(url: string, parameters: Record<string, string>): string {
  const target = new URL(url);
  for (const [name, value] of Object.entries(parameters)) {
    const given = name === 'options' ? (target.searchParams.get(name) ?? '') : '';
    target.searchParams.set(name, `${given} ${value}`.trim());
  }
  return target.href;
}
