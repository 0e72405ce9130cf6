import pg from 'pg';

/** The same work may succeed at once: deadlock, serialization, lock not available. */
const passing = new Set(['40P01', '40001', '55P03']);

/** SQLSTATEs of a server that cannot serve now: connection, resources, shutdown, system, read-only. */
const away = /^(?:08|53|57|58|XX|25006)/;

/** Postgres's own codes; those of the system and of TLS look different. */
const sqlState = /^[0-9FHPX][0-9A-Z]{4}$/;

/** Errors without a code, by pg, its pool and this service. */
const unanswered =
  /^(?:the )?(?:connection|transaction) |^timeout (?:expired|exceeded)|not queryable|read timeout|\bSSL\b|use a pool/i;

/** Prisma's driver adapter; without a code no server answered. */
interface AdapterFailure {
  readonly originalCode?: string;
}

export function isPassing(error: unknown): boolean {
  return error instanceof pg.DatabaseError && passing.has(error.code ?? '');
}

/** Longer than its `statement_timeout`, or cancelled. */
export function isTimeout(error: unknown): boolean {
  return (adapterFailureOf(error)?.originalCode ?? (error as { code?: unknown }).code) === '57014';
}

/** The database is away; the question or event is not at fault. */
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
