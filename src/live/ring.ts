import type { ExecutionResult } from 'graphql';
import type { ExactJson } from '../read/exact-json.js';
import type { LogPosition } from '../stream/log-position.js';

export type Told = ExactJson & ExecutionResult;

export interface Message {
  readonly position: LogPosition;
  readonly payload: Told;
}

const OVERHEAD = 200;

/** The last messages of a stream, numbered from its beginning. */
export class Ring {
  private messages: Message[] = [];
  private bytes = 0;
  private dropped = 0;

  get first(): number {
    return this.dropped;
  }

  get end(): number {
    return this.dropped + this.messages.length;
  }

  at(number: number): Message | undefined {
    return this.messages[number - this.dropped];
  }

  push(message: Message): void {
    this.messages.push(message);
    this.bytes += message.payload.text.length + OVERHEAD;
  }

  /** Drops the oldest, but none of the `newest`. @returns the last that was dropped */
  shrinkTo(bytes: number, newest: number): Message | undefined {
    let count = 0;
    while (this.bytes > bytes && count < this.messages.length - newest) {
      this.bytes -= this.messages[count++]!.payload.text.length + OVERHEAD;
    }
    const last = this.messages[count - 1];
    if (count > 0) this.messages = this.messages.slice(count);
    this.dropped += count;
    return last;
  }

  /** Number of the first for which this holds; it holds for all later ones. */
  firstWhere(holds: (message: Message) => boolean): number {
    let [low, high] = [0, this.messages.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.messages[middle]!)) high = middle;
      else low = middle + 1;
    }
    return this.dropped + low;
  }
}
