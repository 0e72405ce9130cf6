// A process of subscribers, for bench/streams.ts. They read bare sockets: what a client costs, the service lacks.
import { WebSocket } from 'ws';

export interface Order {
  readonly port: number;
  readonly token: string;
  /** Where all begin. */
  readonly cursor: string;
  readonly count: number;
  /** How many close and connect again every five seconds. */
  readonly restless: number;
}

export interface Report {
  readonly messages: number;
  readonly missed: number;
  readonly doubled: number;
  readonly reconnected: number;
  /** From a webhook's arrival at a service to its arrival here, ms. */
  readonly delays: readonly number[];
}

const EVERY_MS = 5_000;
const query = 'subscription ($after: String) { webhookEvents(after: $after) { cursor node { id receivedAt } } }';

class Subscriber {
  readonly ids: string[] = [];
  readonly delays: number[] = [];
  private cursor: string;
  reconnected = 0;
  private ws: WebSocket | null = null;

  constructor(private readonly order: Order) {
    this.cursor = order.cursor;
  }

  connect(): void {
    const ws = (this.ws = new WebSocket(`ws://127.0.0.1:${this.order.port}/graphql`, 'graphql-transport-ws'));
    ws.on('open', () => {
      ws.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: `Bearer ${this.order.token}` } }));
    });
    ws.on('message', (data) => {
      if (this.ws === ws) this.take(ws, (data as Buffer).toString('latin1'));
    });
    ws.on('error', (error) => console.error(error.message));
    ws.on('close', (code, reason) => {
      if (this.ws === ws) console.error('closed', code, reason.toString());
    });
  }

  reconnect(): void {
    const { ws } = this;
    this.ws = null;
    ws?.terminate();
    this.reconnected++;
    this.connect();
  }

  private take(ws: WebSocket, text: string): void {
    if (text.includes('connection_ack')) {
      return ws.send(
        JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables: { after: this.cursor } } }),
      );
    }
    this.cursor = valueOf(text, '"cursor":"');
    this.ids.push(valueOf(text, '"node":{"id":"'));
    this.delays.push(Date.now() - Date.parse(valueOf(text, '"receivedAt":"')));
  }
}

function valueOf(text: string, before: string): string {
  const from = text.indexOf(before) + before.length;
  return text.slice(from, text.indexOf('"', from));
}

let subscribers: Subscriber[] = [];
let restless: NodeJS.Timeout | undefined;

process.on('message', (message: Order | { readonly expected: readonly string[] }) => {
  if ('expected' in message) return void report(message.expected);
  subscribers = Array.from({ length: message.count }, () => new Subscriber(message));
  for (const one of subscribers) one.connect();
  let at = 0;
  const [count, step] = [Math.max(1, message.restless), 50];
  restless = setInterval(() => {
    const due = Math.round(((at + 1) * step * count) / EVERY_MS) - Math.round((at * step * count) / EVERY_MS);
    for (let n = 0; n < due; n++) subscribers[(at * 7 + n) % count]!.reconnect();
    at++;
  }, step);
  if (message.restless === 0) clearInterval(restless);
});

/** Once nothing has come for a second. */
async function report(expected: readonly string[]): Promise<void> {
  clearInterval(restless);
  const sum = (): number => subscribers.reduce((all, { ids }) => all + ids.length, 0);
  for (let before = -1; before !== sum();) {
    before = sum();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }
  const delays = subscribers.flatMap((one) => one.delays);
  const wanted = new Set(expected);
  let [missed, doubled] = [0, 0];
  for (const { ids } of subscribers) {
    const told = ids.filter((id) => wanted.has(id));
    doubled += told.length - new Set(told).size;
    missed += wanted.size - new Set(told).size;
  }
  const reconnected = subscribers.reduce((all, one) => all + one.reconnected, 0);
  const found: Report = {
    messages: sum(),
    missed,
    doubled,
    reconnected,
    delays: delays.filter((_, at) => at % 50 === 0),
  };
  process.send!(found, () => process.exit(0));
}
