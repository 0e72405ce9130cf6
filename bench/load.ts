// node --import ./bench/support/typescript.mjs bench/load.ts [events a second] [seconds]
//
// Posts a play to the service at URL (http://127.0.0.1:3000) while it asks questions, and prints how long
// answers took: the median, the 99th part of a hundred, the worst.
import { setTimeout as pause } from 'node:timers/promises';
import { play } from '../src/cli/simulate/play.js';
import { signBody, signToken } from '../src/access/sign-token.js';

const url = process.env['URL'] ?? 'http://127.0.0.1:3000';
const rate = Number(process.argv[2] ?? 200);
const seconds = Number(process.argv[3] ?? 60);
const key = { key: 'devkey', secret: 'secret' };
const questions = [
  '{ rooms(first: 50, filter: { active: true }) { totalCount { value } nodes { name participantCount participantSeconds } } }',
  '{ participants(first: 50) { nodes { identity durationSeconds room { name } tracks(first: 5) { nodes { type durationSeconds } } } } }',
  '{ egresses(first: 50) { nodes { status outputs { kind sizeBytes } } } }',
];

const began = performance.now();
let deadline = began + seconds * 1000;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (deadline = 0));
const [webhooks, answers]: [number[], number[]] = [[], []];
let failed = 0;
await Promise.all([post(), ...questions.map(ask)]);
report('webhooks', webhooks);
report('questions', answers);
console.log(`${failed} failed`);

async function post(): Promise<void> {
  const now = Date.now();
  const pending: Promise<void>[] = [];
  const messages = play({ seed: now, rooms: 40, count: rate * seconds, from: now - 3_600_000, to: now });
  for (const { body } of messages) {
    const due = began + (pending.length * 1000) / rate;
    if (due > performance.now()) await pause(due - performance.now());
    pending.push(timed(webhooks, () => postOne(JSON.stringify(body))));
    if (performance.now() > deadline) break;
  }
  await Promise.all(pending);
}

async function postOne(body: string): Promise<boolean> {
  const authorization = await signBody(body, { ...key, now: Date.now() });
  const headers = { authorization, 'content-type': 'application/webhook+json' };
  const response = await fetch(`${url}/webhook`, { method: 'POST', headers, body });
  await response.text();
  return response.ok;
}

/** Five times a second. */
async function ask(query: string): Promise<void> {
  while (performance.now() < deadline) {
    await timed(answers, async () => {
      const token = await signToken({ video: { roomList: true } }, { ...key, now: Date.now(), ttlSeconds: 60 });
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
      return !('errors' in ((await response.json()) as object));
    });
    await pause(200);
  }
}

async function timed(into: number[], work: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  const good = await work().catch(() => false);
  if (!good) failed++;
  into.push(performance.now() - start);
}

function report(name: string, times: number[]): void {
  const sorted = times.sort((a, b) => a - b);
  const at = (part: number): string => `${Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0)} ms`;
  console.log(`${sorted.length} ${name}: ${at(0.5)} (p50), ${at(0.99)} (p99), ${at(1)} (worst)`);
}
