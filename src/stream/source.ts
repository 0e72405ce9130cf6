import type { Reading } from '../read/reading.js';
import type { StatementBuilder } from '../read/statement.js';
import type { LogPosition } from './log-position.js';
import type { News } from './log-tail.service.js';

export interface Item {
  readonly root: object;
  readonly position: LogPosition;
}

export interface Batch {
  readonly items: readonly Item[];
  readonly upTo: LogPosition;
  /** Called once the items are told: a batch that failed is read again. */
  readonly told: () => void;
}

export interface Ahead {
  readonly from: LogPosition;
  readonly until: LogPosition;
  readonly most: number;
}

/** What a subscription shows. Its stream reads it, once for all who ask the same. */
export abstract class Source implements AsyncIterable<never> {
  abstract readonly after: LogPosition | null;

  /** @throws Refusal BAD_USER_INPUT for a filter that cannot be */
  abstract check(statement: StatementBuilder): void;
  /** Called before anything is read, and after the log is followed. */
  abstract begin(reading: Reading): Promise<void>;
  /** @returns whether it can be about something that is shown: if none was, nothing is read */
  abstract hear(news: News): boolean;
  abstract read(reading: Reading, ahead: Ahead): Promise<Batch>;

  /** graphql-js demands an iterable of a subscription's resolver, and hands it back. */
  [Symbol.asyncIterator](): AsyncIterator<never> {
    throw new Error('A source is read by its stream.');
  }
}
