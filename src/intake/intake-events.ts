import type { Committed } from './commit.js';

/** Is told what becomes of events. */
export abstract class IntakeObserver {
  abstract committed(what: Committed, seconds: number): void;
  abstract spooled(events: number): void;
  /** Out of the spool, committed. */
  abstract drained(events: number): void;
}
