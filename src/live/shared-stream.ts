import { setTimeout as pause } from 'node:timers/promises';
import { isBefore, type LogPosition } from '../stream/log-position.js';
import type { Following, LogTail } from '../stream/log-tail.service.js';
import { type Message, Ring } from './ring.js';
import { isPassing, Parts, type Telling } from './telling.js';

export interface Watching {
  wake(): void;
}

const RETRY_MS = 500;
/** Messages that are sent before others have a turn: some milliseconds. */
const MOST_OF_TURN = 500;

/** All who ask the same of the same scope watch one stream: each event is read, executed and written once. */
export class SharedStream {
  readonly ring = new Ring();
  /** The ring has all that follows, as it is stored. */
  complete: LogPosition;
  failure: unknown = null;
  private position: LogPosition;
  private readonly reader: Parts;
  private news = true;
  private concerned = true;
  private advancing = false;
  private closed = false;
  private stale = false;
  private readonly watchers = new Set<Watching>();

  private constructor(
    readonly telling: Telling,
    private readonly parts: { readonly tail: LogTail; readonly following: Following; readonly ringBytes: () => number },
  ) {
    this.reader = new Parts(telling);
    this.complete = this.position = parts.following.from;
  }

  static async open(telling: Telling, parts: { tail: LogTail; ringBytes: () => number }): Promise<SharedStream> {
    const { source, scope } = telling.subscribed;
    const opened: { stream?: SharedStream } = {};
    const following = await parts.tail.follow(scope.project, (news) => {
      if (news === 'erased') return opened.stream?.distrust();
      const concerned = source.hear(news);
      opened.stream?.hear(concerned);
    });
    try {
      await telling.reading((reading) => source.begin(reading));
    } catch (error) {
      following.leave();
      throw error;
    }
    const stream = (opened.stream = new SharedStream(telling, { ...parts, following }));
    void stream.advance();
    return stream;
  }

  get until(): LogPosition {
    return this.parts.tail.positionOf(this.telling.subscribed.scope.project) ?? this.position;
  }

  join(watcher: Watching): void {
    this.watchers.add(watcher);
  }

  leave(watcher: Watching): void {
    this.watchers.delete(watcher);
  }

  close(): void {
    this.closed = true;
    this.parts.following.leave();
  }

  private hear(concerned: boolean): void {
    this.news = true;
    this.concerned ||= concerned;
    void this.advance();
  }

  /** Who resumes reads by itself what the ring may hold in an old version. */
  private distrust(): void {
    this.stale = this.news = true;
    void this.advance();
  }

  private async advance(): Promise<void> {
    if (this.advancing) return;
    this.advancing = true;
    while (this.news && !this.closed && this.failure === null) {
      this.news = false;
      await this.readOn().catch((error: unknown) => this.recover(error));
    }
    this.advancing = false;
  }

  private async readOn(): Promise<void> {
    const { until } = this;
    if (this.stale) this.leaveOut(this.ring.at(this.ring.end - 1));
    this.stale = false;
    if (!this.concerned) return void (this.position = until);
    this.concerned = false;
    do {
      const { batch, messages } = await this.reader.read(this.position, until);
      for (const message of messages) this.ring.push(message);
      batch.told();
      this.position = batch.upTo;
      if (messages.length > 0) await this.tell(messages.length);
    } while (isBefore(this.position, until) && !this.closed);
  }

  /** In turns, so that webhooks are taken meanwhile. */
  private async tell(newest: number): Promise<void> {
    this.leaveOut(this.ring.shrinkTo(this.parts.ringBytes(), newest));
    let sent = 0;
    for (const watcher of this.watchers) {
      watcher.wake();
      sent += newest;
      if (sent < MOST_OF_TURN) continue;
      sent = 0;
      await new Promise(setImmediate);
    }
  }

  private leaveOut(message: Message | undefined): void {
    if (message && isBefore(this.complete, message.position)) this.complete = message.position;
  }

  private async recover(error: unknown): Promise<void> {
    this.news = this.concerned = true;
    if (isPassing(error)) return pause(RETRY_MS);
    this.failure = error;
    return this.tell(0);
  }
}
