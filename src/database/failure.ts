import pg from 'pg';

/** Deadlock, serialization failure, lock not available: the same work may succeed at once. */
const passing = new Set(['40P01', '40001', '55P03']);

/** SQLSTATEs of a server that cannot serve now: connection, resources, shutdown, system, read-only. */
const away = /^(?:08|53|57|58|XX|25006)/;

/** A code of Postgres's own; the system's and TLS's look otherwise. */
const sqlState = /^[0-9FHPX][0-9A-Z]{4}$/;

/** What pg and its pool say, and we, when no server answers; such errors carry no code. */
const unanswered =
  /^(?:the )?(?:connection|transaction) |^timeout (?:expired|exceeded)|not queryable|read timeout|\bSSL\b|use a pool/i;

export function isPassing(error: unknown): boolean {
  return error instanceof pg.DatabaseError && passing.has(error.code ?? '');
}

/** The database is away; nothing is wrong with what was asked, or with the event. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return false;
  const { code, message } = error as Error & { code?: unknown };
  if (code === undefined) return unanswered.test(message);
  return away.test(String(code)) || !sqlState.test(String(code));
}
