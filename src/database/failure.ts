import pg from 'pg';

/**
 * What a failed statement was refused for: the values of what it wrote; a conflict with another transaction, after
 * which the same work may succeed; something that others hold for too long; or anything else, the database's fault.
 */
export type Fault = 'values' | 'conflict' | 'held' | 'database';

const faults: readonly (readonly [Fault, RegExp])[] = [
  ['conflict', /^(?:40P01|40001)$/],
  ['held', /^(?:55P03|57014|25P03|25P04)$/],
  ['values', /^(?:22|23|54)/],
];

/** SQLSTATEs of a server that cannot serve now: connection, login, resources, shutdown, system, read-only. */
const away = /^(?:08|28|3D|53|57|58|XX|25006|25P0|55000)/;

/** Postgres's own codes; system and TLS errors have other ones. */
const sqlState = /^[0-9FHPX][0-9A-Z]{4}$/;

/** Errors without a code, by pg, its pool and this service. */
const unanswered =
  /^(?:the )?(?:connection|transaction) |^timeout (?:expired|exceeded)|not queryable|read timeout|\bSSL\b|use a pool/i;

/** From Prisma's driver adapter. Without a code, no server answered. */
interface AdapterFailure {
  readonly originalCode?: string;
}

/** What the work was made from changed meanwhile. */
export class Outdated extends Error {
  override name = 'Outdated';
}

/** The service cannot use this database as it is. */
export class Unusable extends Error {
  override name = 'Unusable';
}

export function faultOf(error: unknown): Fault {
  if (error instanceof Outdated) return 'conflict';
  if (error instanceof Unusable) return 'database';
  if (!(error instanceof pg.DatabaseError)) return isAway(error) ? 'database' : 'values';
  // A partition that was not made is a check_violation of no constraint. Messages come in the server's language.
  if (error.code === '23514' && error.constraint === undefined) return 'database';
  return faults.find(([, codes]) => codes.test(error.code ?? ''))?.[0] ?? 'database';
}

/** The same work may succeed at once. */
export function isPassing(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (faultOf(error) === 'conflict' || error.code === '55P03');
}

/** Also after a cancel, which has the same code. */
export function isTimeout(error: unknown): boolean {
  return (adapterFailureOf(error)?.originalCode ?? (error as { code?: unknown }).code) === '57014';
}

/** The database cannot serve now; the question or event is not at fault. */
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
