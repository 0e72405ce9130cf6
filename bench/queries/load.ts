// A process of its own: asks what its standard input says until the time is over, and prints how that went.
// Bare sockets: what the load costs, the server lacks.
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { percentile } from '../support/figures.js';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Asked in turn. */
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly milliseconds: number;
}

export interface Loaded {
  readonly requests: number;
  readonly failed: number;
  readonly milliseconds: number;
  readonly p50: number;
  readonly p99: number;
}

const load = JSON.parse(await text(process.stdin)) as Load;
const requests = load.bodies.map((body) => requestOf(load, body));
const took: number[] = [];
let [asked, failed] = [0, 0];
const began = performance.now();
await Promise.all(Array.from({ length: load.connections }, keepAsking));
const milliseconds = performance.now() - began;
const loaded: Loaded = {
  requests: took.length,
  failed,
  milliseconds,
  p50: percentile(took, 0.5),
  p99: percentile(took, 0.99),
};
console.log(JSON.stringify(loaded));

function requestOf({ url, headers }: Load, body: string): Buffer {
  const { pathname, host } = new URL(url);
  const all = { host, ...headers, 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

async function keepAsking(): Promise<void> {
  const { hostname, port } = new URL(load.url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.on('close', () => {
    if (performance.now() - began < load.milliseconds) throw new Error('The server closed a connection.');
  });
  while (performance.now() - began < load.milliseconds) {
    const start = performance.now();
    socket.write(requests[asked++ % requests.length]!);
    if (!(await answered(socket))) failed++;
    took.push(performance.now() - start);
  }
  socket.destroy();
}

/** Reads one answer; whether it is one: errors stand where the data would, or before it. */
function answered(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    let [missing, head] = [-1, ''];
    const read = (chunk: Buffer): void => {
      if (missing < 0) {
        head += chunk.toString('latin1', 0, 4096);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
        if (length === undefined) throw new Error(`The answer has no length: ${head}`);
        missing = end + 4 + Number(length);
      }
      missing -= chunk.length;
      if (missing > 0) return;
      socket.off('data', read);
      resolve(/^HTTP\/1.1 200 [^]*\r\n\r\n\{\s*"data"\s*:\s*\{/.test(head));
    };
    socket.on('data', read);
  });
}
