import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Service } from './service.js';

type Row = Readonly<Record<string, unknown>>;

export interface Told {
  readonly data: { readonly webhookEvents: { cursor: string; node: { id: string } }; readonly roomChanged: Row };
}

export interface Subscribed {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

/** What one subscription was told, and how it ended. */
export class Subscriber {
  readonly told: Told[] = [];
  /** Null: not yet; else `complete`, or what graphql-ws ends with. */
  end: unknown = null;
  private readonly waiting = new Set<() => void>();
  private readonly dispose: () => void;

  constructor(client: Client, subscribed: Subscribed) {
    this.dispose = client.subscribe(subscribed, {
      next: (told) => this.note(() => this.told.push(told as unknown as Told)),
      error: (error) => this.note(() => (this.end = error)),
      complete: () => this.note(() => (this.end ??= 'complete')),
    });
  }

  get ids(): string[] {
    return this.told.map(({ data }) => data.webhookEvents.node.id).filter((id) => !id.startsWith('EV_probe'));
  }

  get rooms(): Row[] {
    return this.told.map(({ data }) => data.roomChanged).filter(({ name }) => name !== 'probe');
  }

  get cursor(): string {
    return this.told.at(-1)!.data.webhookEvents.cursor;
  }

  stop(): void {
    this.dispose();
  }

  /** Kept once this holds of what was told. */
  async until(holds: (subscriber: this) => boolean): Promise<this> {
    while (!holds(this)) await new Promise<void>((resolve) => this.waiting.add(resolve));
    return this;
  }

  private note(change: () => void): void {
    change();
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

export function socketUrl({ url }: Service): string {
  return `${url.replace('http', 'ws')}/graphql`;
}

/** A client of graphql-ws, disposed after the test. Without a token, with one of the whole default project. */
export function connect(
  service: Service,
  { token, ...options }: Partial<ClientOptions> & { token?: string } = {},
): Client {
  const connectionParams = { Authorization: `Bearer ${token ?? service.readToken()}` };
  const url = socketUrl(service);
  const client = createClient({ url, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0, ...options });
  onTestFinished(() => void client.dispose());
  return client;
}

/** Resolves once a stream that begins now cannot tell what was before: other databases of the server hold it back too. */
export async function settled({ database }: Service): Promise<void> {
  const { rows } = await database.intake.query<{ now: string }>('select pg_current_xact_id()::text as now');
  const ended = 'select pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 as ended';
  const hasEnded = async (): Promise<boolean> => (await database.intake.query(ended, [rows[0]!.now])).rows[0].ended;
  await expect.poll(hasEnded, { timeout: 30_000, interval: 20 }).toBe(true);
}

let probes = 0;

/** Resolves once it is told what happens in a room for that; a subscription itself does not tell when it has begun. */
export async function begun(service: Service, subscriber: Subscriber, key = 'devkey'): Promise<Subscriber> {
  const told = subscriber.told.length;
  while (subscriber.told.length === told && subscriber.end === null) {
    const room = { sid: 'RM_probe', name: 'probe' };
    await service.deliver(webhook('track_published', { id: `EV_probe${probes++}`, room, ...media }), { key });
    await new Promise(setImmediate);
  }
  return subscriber;
}

export const media = { participant: { sid: 'PA_1', identity: 'ann' }, track: { sid: 'TR_1' } };

/** Of this moment. */
export function webhook(event: string, content: object): string {
  return JSON.stringify({ event, createdAt: String(Math.floor(Date.now() / 1000)), ...content });
}

export const events = 'subscription ($after: String) { webhookEvents(after: $after) { cursor node { id } } }';

/** A socket by hand. `closed` is kept with its code and reason. */
export function open(
  service: Service,
  options: { protocol?: string; headers?: Record<string, string>; path?: string } = {},
) {
  const { protocol = 'graphql-transport-ws', headers = {}, path = '/graphql' } = options;
  const ws = new WebSocket(`${service.url.replace('http', 'ws')}${path}`, protocol, { headers });
  onTestFinished(() => ws.terminate());
  const messages: { type: string; id?: string; payload?: unknown }[] = [];
  ws.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString())));
  const closed = new Promise<string>((resolve, reject) => {
    ws.once('close', (code, reason) => resolve(`${code} ${reason.toString()}`));
    ws.once('error', reject);
  });
  closed.catch(() => undefined);
  const opened = new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
  opened.catch(() => undefined);
  const send = async (...sent: unknown[]): Promise<void> => {
    await opened;
    for (const one of sent) ws.send(typeof one === 'string' || Buffer.isBuffer(one) ? one : JSON.stringify(one));
  };
  return { ws, messages, closed, send };
}
