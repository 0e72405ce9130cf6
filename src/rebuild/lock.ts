export type Purpose = 'rebuild' | 'verify';

/** The application_name of the lock's holder. */
export function holderName(purpose: Purpose): string {
  return `roomledger ${purpose}`;
}
