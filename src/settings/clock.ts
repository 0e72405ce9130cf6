/** The only source of the current time; tests inject their own. */
export abstract class Clock {
  /** Milliseconds since 1970. */
  abstract now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
