import { Logger } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { TokenScope } from '../access/scope.js';
import { withExact } from '../read/exact-json.js';
import { closing } from './close-codes.js';

const logger = new Logger('Sockets');

/** With more to send, who sends waits until it is sent. */
const HIGH_WATER = 256 * 2 ** 10;
/** With more, a client that sends and does not read is cut off. */
const MOST_UNREAD = 4 * 2 ** 20;
/** Messages of the client that are not answered yet, beside its subscriptions. */
const MOST_UNANSWERED = 100;
const MOST_REASON_BYTES = 120;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One socket: what graphql-ws sends goes out in few writes, and no faster than the client reads. */
export class Connection {
  scope: TokenScope | null = null;
  private alive = true;
  private idleSince = performance.now();
  private unanswered = 0;
  private corked = false;
  private readonly leaving: (() => void)[] = [];
  private readonly operations = new Set<() => void>();

  constructor(
    readonly ws: WebSocket,
    readonly request: IncomingMessage,
  ) {
    ws.on('error', () => undefined);
    ws.on('pong', () => (this.alive = true));
    ws.on('ping', () => this.requireRead());
    ws.once('close', () => [...this.leaving, ...this.operations].forEach((leave) => leave()));
  }

  get subscriptions(): number {
    return this.operations.size;
  }

  get protocol(): string {
    return this.ws.protocol;
  }

  onLeave(leave: () => void): void {
    if (this.ws.readyState === this.ws.CLOSED) leave();
    else this.leaving.push(leave);
  }

  onMessage(handle: (text: string) => Promise<void>): void {
    this.ws.on('message', (data, isBinary) => {
      this.alive = true;
      if (isBinary || this.unanswered > this.subscriptions + MOST_UNANSWERED) {
        return this.close(closing.badRequest, isBinary ? 'A message is text.' : 'Too many messages wait for answers.');
      }
      this.requireRead();
      this.unanswered++;
      void handle((data as Buffer).toString())
        .catch((error: unknown) => this.fail(error))
        .finally(() => this.unanswered--);
    });
  }

  send(json: string): Promise<void> | void {
    const { ws } = this;
    const data = withExact(json);
    if (ws.readyState !== ws.OPEN) return;
    this.cork();
    if (ws.bufferedAmount < HIGH_WATER) return ws.send(data);
    return new Promise((resolve) => ws.send(data, () => resolve()));
  }

  close(code: number, reason: string): void {
    const bytes = Buffer.from(reason);
    this.ws.close(
      code,
      bytes.length > MOST_REASON_BYTES
        ? bytes
            .subarray(0, MOST_REASON_BYTES)
            .toString()
            .replace(/\ufffd*$/, '')
        : reason,
    );
  }

  closeAfter(ms: number, close: () => void): void {
    const timer = setTimeout(
      () => (ms > LONGEST_TIMER_MS ? this.closeAfter(ms - LONGEST_TIMER_MS, close) : close()),
      Math.min(ms, LONGEST_TIMER_MS),
    ).unref();
    this.onLeave(() => clearTimeout(timer));
  }

  /** @param stop called when it has ended, or the socket has */
  begin(stop: () => void): () => void {
    const end = (): void => {
      if (!this.operations.delete(end)) return;
      this.idleSince = performance.now();
      stop();
    };
    this.operations.add(end);
    return end;
  }

  /** Called every so often: one that does not answer since the last time is gone, or does not read. */
  check(idleMs: number): void {
    if (!this.alive) return this.ws.terminate();
    if (this.subscriptions === 0 && performance.now() - this.idleSince > idleMs) {
      return this.close(closing.idle, 'IDLE: nothing was subscribed to.');
    }
    this.alive = false;
    if (this.ws.readyState === this.ws.OPEN) this.ws.ping();
  }

  private requireRead(): void {
    if (this.ws.bufferedAmount > MOST_UNREAD) this.ws.terminate();
  }

  private cork(): void {
    if (this.corked) return;
    this.corked = true;
    const { socket } = this.request;
    socket.cork();
    setImmediate(() => {
      this.corked = false;
      socket.uncork();
    });
  }

  private fail(error: unknown): void {
    // graphql-ws throws at messages that only a server sends.
    if (error instanceof Error && error.message.startsWith('Unexpected message of type')) {
      return this.close(closing.badRequest, error.message);
    }
    logger.error(error);
    this.close(closing.internal, 'INTERNAL: something went wrong inside this service.');
  }
}
