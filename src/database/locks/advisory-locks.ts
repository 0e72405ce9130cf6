// The advisory locks of a database, each with who holds it. Numbers are one namespace: no two may be the same.

/** Held while migrating. Prisma's own number, so that its tools and this service exclude each other. */
export const MIGRATION_LOCK = 72707369;

/** The service that owns an embedded server, for as long as both live. */
export const OWNER_LOCK = 72707370;

/** A rebuild or a verification, for as long as it runs. */
export const REBUILD_LOCK = 72707371;

export type RebuildPurpose = 'rebuild' | 'verify';

/** The application_name under which {@link REBUILD_LOCK} is held. */
export function holderName(purpose: RebuildPurpose): string {
  return `roomledger ${purpose}`;
}

/** Held by a transaction that folds usage: two would wait for the same cells. */
export const FOLD_LOCK = 7_205_318;

/** Held while the parts of the log change: made, copied, exchanged, dropped. */
export const LOG_LOCK = 72707372;

/** Shared by whoever reads the log from one end to the other: nothing is dropped meanwhile. */
export const LOG_READ_LOCK = 72707373;
