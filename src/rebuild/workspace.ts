import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { holderName, REBUILD_LOCK, type RebuildPurpose } from '../database/locks/advisory-locks.js';
import { connection } from '../database/connection.js';
import { Database } from '../database/database.js';
import { isAway } from '../database/failure.js';
import { holdLog } from '../log/readers.js';
import { dropShadows, makeShadow, refuseDependents, type Shadow } from './shadow.js';

export interface Workspace extends Shadow {
  readonly url: string;
  /** Aborted if the connection that holds the lock ends: another run may have begun. */
  readonly lost: AbortSignal;
  /** Its search_path has the shadow alone, so that no statement reaches a live table by mistake. */
  readonly database: Database;
}

/**
 * Makes shadow tables, and drops them afterwards; first drops those of interrupted runs.
 * @throws Error if another run holds the lock
 */
export async function inWorkspace<T>(
  url: string,
  purpose: RebuildPurpose,
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
    await holdLog(holder);
    await refuseInterruptedErasure(holder);
    await dropShadows(holder);
    if (purpose === 'rebuild') await refuseDependents(holder);
    const shadow = await makeShadow(holder);
    return await withDatabase({ ...shadow, url: named, lost: lost.signal }, work).finally(() =>
      cleanUp(holder, named, shadow.name),
    );
  } finally {
    await holder.end();
  }
}

/** Half of what it rewrites would differ from the other half. */
async function refuseInterruptedErasure(client: pg.Client): Promise<void> {
  const { rows } = await client.query('select from erasure where finished_at is null limit 1');
  if (rows.length > 0)
    throw new Error('An erasure was interrupted. Run `npm run erase` for the same person again first.');
}

/** @throws Error if the connection that holds the lock is gone */
export function refuseLost({ lost }: Pick<Workspace, 'lost'>): void {
  if (lost.aborted) throw new Error('This run was given up: the connection that held its lock was lost.');
}

/** Uses another connection if the holder's is gone. The next run drops what remains. */
async function cleanUp(holder: pg.Client, url: string, name: string): Promise<void> {
  await dropShadows(holder, name).catch(async () => {
    const other = new pg.Client(connection(url));
    other.on('error', () => undefined);
    await other
      .connect()
      .then(() => dropShadows(other, name))
      .catch(() => undefined);
    await other.end();
  });
}

export async function withoutTimeout({ database }: Workspace, statements: readonly string[]): Promise<void> {
  const client = await database.intake.connect();
  try {
    await client.query('set statement_timeout = 0');
    for (const text of statements) await client.query(text);
  } finally {
    client.release(true);
  }
}

async function takeLock(holder: pg.Client): Promise<void> {
  const { rows } = await holder.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [REBUILD_LOCK]);
  if (!rows[0]?.held) throw new Error('Another rebuild or verification of this database is running.');
}

async function withDatabase<T>(
  place: Omit<Workspace, 'database'>,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const database = openShadow(place);
  try {
    return await work({ ...place, database });
  } finally {
    await database.onApplicationShutdown();
  }
}

export function openShadow({ url, name }: Pick<Workspace, 'url' | 'name'>): Database {
  // The swap's commit makes all of it durable.
  const options = `-c search_path=${name} -c synchronous_commit=off`;
  return new Database(withParameters(url, { options }), 0, { driver: 'plain', volatile: true });
}

function withParameters(url: string, parameters: Record<string, string>): string {
  const target = new URL(url);
  for (const [name, value] of Object.entries(parameters)) {
    const given = name === 'options' ? (target.searchParams.get(name) ?? '') : '';
    target.searchParams.set(name, `${given} ${value}`.trim());
  }
  return target.href;
}

const ATTEMPTS = 10;
const PAUSE_MS = 1000;

/** Repeats work after a broken connection until `lost`; with null, always. Projecting twice does no harm. */
export async function withReconnect<T>(lost: AbortSignal | null, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isAway(error)) throw error;
      if (lost) refuseLost({ lost });
      await pause(PAUSE_MS);
    }
  }
}
