const BRING_POSTGRES = 'Set DATABASE_URL to a PostgreSQL server, 15 or newer';

/** Why the service cannot start: one sentence, then what to do about it. */
export class CannotStart extends Error {
  override name = 'CannotStart';

  constructor(reason: string, remedy = BRING_POSTGRES) {
    super(`${reason.charAt(0).toUpperCase()}${reason.slice(1)}. ${remedy}.`);
    // The operator needs no stack.
    this.stack = this.message;
  }
}
