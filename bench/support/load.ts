import { connect, type Socket } from 'node:net';
import type { Prepared } from './requests.js';

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Requests a second; as fast as they are answered when left out. */
  readonly rate?: number;
  readonly onAnswer?: (answered: number) => void;
}

/**
 * Posts all requests over connections that stay open, and answers how long each took, in ms. Those of one
 * key wait for each other, as a LiveKit server's do. Bare sockets: what the load costs, the server lacks.
 *
 * @throws at the first answer that is not 200
 */
export async function post(requests: readonly Prepared[], load: Load): Promise<number[]> {
  const queue = new Queue(requests);
  const latencies: number[] = [];
  const clients = await Promise.all(Array.from({ length: load.connections }, () => Client.open(load.port)));
  await new Promise<void>((resolve, reject) => {
    const idle = [...clients];
    const began = performance.now();
    const send = (): void => {
      const due = load.rate ? ((performance.now() - began) * load.rate) / 1000 : Infinity;
      while (idle.length > 0 && queue.taken < due) {
        const request = queue.next();
        if (!request) return;
        const client = idle.pop()!;
        client.send(request, (failure) => {
          if (failure) return reject(new Error(failure));
          idle.push(client);
          queue.done(request);
          latencies.push(performance.now() - client.sentAt);
          load.onAnswer?.(latencies.length);
          if (latencies.length === requests.length) resolve();
          else if (!load.rate) send();
        });
      }
    };
    if (load.rate) pace(send, () => latencies.length === requests.length);
    else send();
  }).finally(() => clients.forEach((client) => client.close()));
  return latencies;
}

function pace(send: () => void, isDone: () => boolean): void {
  const timer = setInterval(() => (isDone() ? clearInterval(timer) : send()), 1);
}

/** Gives out requests in their order, but none while one of its key is under way. */
class Queue {
  taken = 0;
  private at = 0;
  private readonly ready: Prepared[] = [];
  private readonly underWay = new Map<string, Prepared[]>();

  constructor(private readonly requests: readonly Prepared[]) {}

  next(): Prepared | undefined {
    const next = this.ready.pop() ?? this.unblocked();
    if (next) this.taken++;
    return next;
  }

  done({ key }: Prepared): void {
    const next = this.underWay.get(key)?.shift();
    if (next) this.ready.push(next);
    else this.underWay.delete(key);
  }

  private unblocked(): Prepared | undefined {
    while (this.at < this.requests.length) {
      const request = this.requests[this.at++]!;
      const behind = this.underWay.get(request.key);
      if (behind) behind.push(request);
      else {
        this.underWay.set(request.key, []);
        return request;
      }
    }
    return undefined;
  }
}

/** Of whichever client is read from: each answer is looked at before the next is read. */
const received = Buffer.alloc(64 * 1024);

class Client {
  sentAt = 0;
  private answered: (failure: string | null) => void = () => undefined;

  private readonly socket: Socket;

  private constructor(port: number) {
    const callback = (size: number): boolean => {
      const answer = received.subarray(0, size);
      this.answered(isOk(answer) ? null : answer.toString());
      return true;
    };
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer: received, callback } });
    this.socket.on('close', () => this.answered('the connection was closed'));
    this.socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<Client> {
    const client = new Client(port);
    await new Promise((resolve, reject) => client.socket.once('connect', resolve).once('error', reject));
    return client;
  }

  send({ bytes }: Prepared, answered: (failure: string | null) => void): void {
    this.answered = answered;
    this.sentAt = performance.now();
    this.socket.write(bytes);
  }

  close(): void {
    this.answered = () => undefined;
    this.socket.destroy();
  }
}

const ok = Buffer.from('HTTP/1.1 200 ');

/** Answers to webhooks are short: each comes whole, in one piece. */
function isOk(answer: Buffer): boolean {
  return answer.subarray(0, ok.length).equals(ok);
}
