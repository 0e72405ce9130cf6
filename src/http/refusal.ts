/** A request that is turned away: an HTTP status, a stable code, and a sentence that names what is wrong. */
export class Refusal extends Error {
  override name = 'Refusal';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
