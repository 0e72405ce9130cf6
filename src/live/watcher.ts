import { isBefore, type LogPosition } from '../stream/log-position.js';
import type { Message, Told } from './ring.js';
import type { SharedStream, Watching } from './shared-stream.js';
import { Parts } from './telling.js';

type Next = IteratorResult<Told, undefined>;

export interface WatcherEnds {
  /** It takes less than comes, and would miss some. */
  slow(): void;
  left(): void;
  /** It needs no more of the log than comes. */
  caughtUp(): void;
}

/**
 * One subscriber's way through a stream. It first reads by itself what the stream no longer has, then takes what all
 * take. The socket asks for the next only once it has sent the last.
 */
export class Watcher implements AsyncGenerator<Told, undefined>, Watching {
  private readonly reader: Parts;
  private at: number | null = null;
  private own: Message[] = [];
  private ended = false;
  private waking: () => void = () => undefined;

  /** @param after what it has seen; null: it begins now */
  constructor(
    private readonly stream: SharedStream,
    private after: LogPosition | null,
    private readonly ends: WatcherEnds,
  ) {
    this.reader = new Parts(stream.telling);
    stream.join(this);
    this.tryToJoin();
  }

  async next(): Promise<Next> {
    for (;;) {
      const message = this.take();
      if (message !== undefined) return { done: false, value: message.payload };
      if (this.ended) return { done: true, value: undefined };
      if (this.at === null) await this.catchUp();
      else if (this.stream.failure !== null) throw this.stream.failure as Error;
      else await new Promise<void>((resolve) => (this.waking = resolve));
    }
  }

  return(): Promise<Next> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<Next> {
    this.end();
    return Promise.reject(error as Error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.end();
    return Promise.resolve();
  }

  wake(): void {
    if (this.at !== null && this.at < this.stream.ring.first && !this.ended) {
      this.end();
      this.ends.slow();
    }
    this.waking();
  }

  private take(): Message | undefined {
    if (this.ended) return undefined;
    if (this.at === null) return this.own.shift();
    for (;;) {
      const message = this.stream.ring.at(this.at);
      if (message === undefined) return undefined;
      this.at++;
      // Another replica may have told it already.
      if (this.after === null || isBefore(this.after, message.position)) return message;
    }
  }

  private tryToJoin(): void {
    const { after, stream } = this;
    if (after === null) this.at = stream.ring.end;
    else if (!isBefore(after, stream.complete)) {
      this.at = stream.ring.firstWhere(({ position }) => isBefore(after, position));
    }
    if (this.at !== null) this.ends.caughtUp();
  }

  private async catchUp(): Promise<void> {
    this.tryToJoin();
    if (this.at !== null) return;
    const { batch, messages } = await this.reader.read(this.after!, this.stream.until);
    this.own = messages;
    this.after = batch.upTo;
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.stream.leave(this);
    this.ends.left();
    this.waking();
  }
}
