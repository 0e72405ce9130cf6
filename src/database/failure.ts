import pg from 'pg';

/** Deadlock, serialization failure, lock not available: the same work may succeed at once. */
const passing = new Set(['40P01', '40001', '55P03']);

/** SQLSTATEs of a server that cannot serve now: connection, resources, shutdown, system, read-only. */
const away = /^(?:08|53|57|58|XX|25006)/;

/** What pg itself says when no server answers; such errors carry no code of the system's. */
const unanswered = /connection|connect|terminated|timeout|not queryable|pool|rolled back/i;

export function isPassing(error: unknown): boolean {
  return error instanceof pg.DatabaseError && passing.has(error.code ?? '');
}

/** The database is away; nothing is wrong with the event. */
export function isAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return away.test(error.code ?? '');
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return false;
  return 'code' in error || unanswered.test(error.message);
}
