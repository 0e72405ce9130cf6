// A process of its own: asks what its standard input says until the time is over, and prints how that went.
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

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
const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
const took: number[] = [];
let [asked, failed] = [0, 0];
const began = performance.now();
await Promise.all(Array.from({ length: load.connections }, keepAsking));
const milliseconds = performance.now() - began;
took.sort((a, b) => a - b);
const at = (part: number): number => took[Math.floor((took.length - 1) * part)] ?? 0;
const loaded: Loaded = { requests: took.length, failed, milliseconds, p50: at(0.5), p99: at(0.99) };
console.log(JSON.stringify(loaded));
agent.destroy();

async function keepAsking(): Promise<void> {
  while (performance.now() - began < load.milliseconds) {
    const start = performance.now();
    if (!(await ask(load.bodies[asked++ % load.bodies.length]!))) failed++;
    took.push(performance.now() - start);
  }
}

/** Whether it was answered: errors stand where the data would, or come first. */
function ask(body: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const headers = { ...load.headers, 'content-length': Buffer.byteLength(body) };
    const sent = request(load.url, { method: 'POST', agent, headers }, (response) => {
      let start = '';
      response.on('data', (chunk: Buffer) => (start ||= chunk.toString('latin1', 0, 20)));
      response.on('end', () => resolve(response.statusCode === 200 && /^\{\s*"data"\s*:\s*\{/.test(start)));
    });
    sent.on('error', reject).end(body);
  });
}
