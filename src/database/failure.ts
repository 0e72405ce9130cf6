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

/** What Prisma's driver adapter tells of a failure; without a code no server answered. */
interface AdapterFailure {
  readonly originalCode?: string;
}

export function isPassing(error: unknown): boolean {
  return error instanceof pg.DatabaseError && passing.has(error.code ?? '');
}

/** A statement ran longer than its `statement_timeout`, or was cancelled. */
export function isTimeout(error: unknown): boolean {
  return (adapterFailureOf(error)?.originalCode ?? (error as { code?: unknown }).code) === '57014';
}

/** The database is away; nothing is wrong with what was asked, or with the event. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return false;
  const inPrisma = adapterFailureOf(error);
  if (inPrisma !== undefined) return inPrisma.originalCode === undefined || away.test(inPrisma.originalCode);
  const { code, message } = error as Error & { code?: unknown };
  if (code === undefined) return unanswered.test(message);
  return away.test(String(code)) || !sqlState.test(String(code));
}

function adapterFailureOf(error: unknown): AdapterFailure | undefined {
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: AdapterFailure } } };
  return meta?.driverAdapterError?.cause;
}
