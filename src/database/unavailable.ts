/** Why there is no database, as one sentence that ends in what to do. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable';

  constructor(reason: string, remedy = 'Set DATABASE_URL to a PostgreSQL server, 15 or newer') {
    super(`${reason.charAt(0).toUpperCase()}${reason.slice(1)}. ${remedy}.`);
    // For whoever starts the service: where in the code it arose says nothing to them.
    this.stack = this.message;
  }
}
