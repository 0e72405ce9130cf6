/** The advisory lock that is held for as long as a rebuild or a verification runs. */
export const REBUILD_LOCK = 72707371;

export type Purpose = 'rebuild' | 'verify';

/** The application_name of the lock's holder. */
export function holderName(purpose: Purpose): string {
  return `roomledger ${purpose}`;
}
