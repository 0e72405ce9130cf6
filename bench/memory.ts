// npm run bench -- memory [--minutes 60] [--rate events/s]
//
// Takes events at half the maximum rate (measured first, unless given) while questions are asked beside it,
// and looks at the service's memory every ten seconds. Flat: after a sixth of the time, within 10 % of the
// median, and under 400 MB.
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { measure } from './intake/measure.js';
import { BenchCluster } from './support/cluster.js';
import { residentOf } from './support/cpu.js';
import { median, percentile, short } from './support/figures.js';
import { post } from './support/load.js';
import { prepareRequests, signed, apiKey } from './support/requests.js';
import { Server, service } from './support/server.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, rate: { type: 'string' } },
});
const MB = 2 ** 20;
const [connections, rooms] = [256, 500];
const questions = [
  '{ rooms(first: 50, filter: { active: true }) { totalCount { value } nodes { name participantCount participantSeconds } } }',
  '{ participants(first: 50) { nodes { identity durationSeconds room { name } tracks(first: 5) { nodes { type durationSeconds } } } } }',
  '{ egresses(first: 50) { nodes { status outputs { kind sizeBytes } } } }',
];

const cluster = await BenchCluster.start();
const server = await Server.start(service, await cluster.create('memory'));
const began = performance.now();
const [sizes, latencies, answers]: [number[], number[], number[]] = [[], [], []];
const finish = new AbortController();
let [posted, failed] = [0, 0];
try {
  const rate = Number(values.rate ?? (await halfTheMaximum()));
  const deadline = performance.now() + Number(values.minutes) * 60_000;
  console.log(`Node ${process.version}; ${cluster.version}; ${short(rate)} events/s for ${values.minutes} min`);
  const beside = [look(), ...questions.map(ask)];
  while (performance.now() < deadline) await postFor(Math.min(20, (deadline - performance.now()) / 1000), rate);
  finish.abort();
  await Promise.all(beside);
  report();
} finally {
  await server.stop();
  await cluster.stop();
}

async function halfTheMaximum(): Promise<number> {
  const work = (count: number) => ({ requests: prepareRequests(count, rooms), connections });
  await measure(server, cluster, work(10_000));
  return (await measure(server, cluster, work(20_000))).rate / 2;
}

/** In pieces, so that what is prepared ahead stays small. */
async function postFor(seconds: number, rate: number): Promise<void> {
  const requests = prepareRequests(Math.ceil(seconds * rate), rooms);
  const times = await post(requests, { port: server.port, connections, rate });
  posted += times.length;
  latencies.push(percentile(times, 0.5), percentile(times, 0.99));
}

async function look(): Promise<void> {
  while (!finish.signal.aborted) {
    const size = residentOf(server.pid) / MB;
    sizes.push(size);
    console.log(
      `${short((performance.now() - began) / 60_000)} min  ${short(size)} MB  ${posted} events  ${answers.length} answers`,
    );
    await pause(10_000);
  }
}

/** Each question five times a second. */
async function ask(query: string): Promise<void> {
  while (!finish.signal.aborted) {
    const start = performance.now();
    if (!(await isAnswered(query).catch(() => false))) failed++;
    answers.push(performance.now() - start);
    await pause(200);
  }
}

async function isAnswered(query: string): Promise<boolean> {
  const now = Math.floor(Date.now() / 1000);
  const token = signed({ iss: apiKey.key, nbf: now - 5, exp: now + 60, video: { roomList: true } });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ query });
  const response = await fetch(`http://127.0.0.1:${server.port}/graphql`, { method: 'POST', headers, body });
  return !('errors' in ((await response.json()) as object));
}

function report(): void {
  const later = sizes.slice(Math.floor(sizes.length / 6));
  const middle = median(later);
  const off = Math.max(...later.map((size) => Math.abs(size / middle - 1)));
  const most = Math.max(...sizes);
  const isFlat = off <= 0.1 && most < 400;
  console.log(`\n${posted} events, ${answers.length} answers (p50 ${short(median(answers))} ms), ${failed} failed`);
  console.log(
    `memory: median ${short(middle)} MB, within ${short(off * 100)} % of it, at most ${short(most)} MB: ${isFlat ? 'flat' : 'NOT flat'}`,
  );
}
