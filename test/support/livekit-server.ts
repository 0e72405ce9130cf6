import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { LivekitAccount } from '../../src/settings/livekit-accounts.js';

export interface Call {
  /** `ListRooms` and the like. */
  readonly method: string;
  readonly request: { readonly room?: string; readonly identity?: string };
}

export interface Reply {
  readonly status: number;
  readonly body: object;
  readonly afterMs?: number;
}

/** Speaks as LiveKit's API does, and answers what `answer` says; null closes the connection. */
export class LivekitServer {
  /** How many there were, by method. */
  readonly calls: Record<string, number> = {};
  private readonly server = createServer((request, response) => void this.handle(request, response));

  private constructor(private readonly answer: (call: Call) => Reply | null) {}

  /** Kept when it is asked this, the next time. */
  async asked(method: string): Promise<void> {
    const before = this.calls[method] ?? 0;
    while ((this.calls[method] ?? 0) === before) await once(this.server, 'request');
  }

  static async start(answer: (call: Call) => Reply | null): Promise<LivekitServer> {
    const livekit = new LivekitServer(answer);
    await new Promise<void>((resolve) => livekit.server.listen(0, '127.0.0.1', resolve));
    return livekit;
  }

  get account(): LivekitAccount {
    const { port } = this.server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, key: 'devkey', secret: 'secret' };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks = (await request.toArray()) as Buffer[];
    if (!isGenuine(request.headers.authorization ?? '')) {
      response.writeHead(401, { 'content-type': 'text/plain' }).end('invalid token');
      return;
    }
    const method = request.url!.split('/').at(-1)!;
    this.calls[method] = (this.calls[method] ?? 0) + 1;
    const reply = this.answer({ method, request: JSON.parse(Buffer.concat(chunks).toString()) as Call['request'] });
    if (reply === null) {
      request.socket.destroy();
      return;
    }
    if (reply.afterMs) await pause(reply.afterMs);
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
  }
}

function isGenuine(authorization: string): boolean {
  const [head, claims, signature] = authorization.replace('Bearer ', '').split('.');
  return createHmac('sha256', 'secret').update(`${head}.${claims}`).digest('base64url') === signature;
}

export function listed(key: 'rooms' | 'participants' | 'items', list: readonly object[]): Reply {
  return { status: 200, body: { [key]: list } };
}

/** What a probe is answered. */
export function pulse(live: boolean, afterMs = 0): Reply {
  if (live) return { status: 200, body: {} };
  const body = { code: 'unavailable', msg: 'twirp error unknown: no response from servers' };
  return { status: 503, body, afterMs };
}
