/** A request that is refused: an HTTP status, a stable code, and a sentence that names what is wrong. */
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

export function badInput(message: string): Refusal {
  return new Refusal(400, 'BAD_USER_INPUT', message);
}
