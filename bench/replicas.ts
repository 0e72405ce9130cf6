// npm run bench -- replicas [--events 20000] [--rate 200] [--seconds 15]
//
// Questions with and without two streaming replicas, idle and while webhooks arrive: how many are answered, what one
// costs each server, and when what a webhook told can be asked for. Needs Debian's Postgres, for pg_basebackup.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Load, Loaded } from './queries/load.js';
import { BenchCluster } from './support/cluster.js';
import { cpuOf } from './support/cpu.js';
import { percentile, short, table } from './support/figures.js';
import { post } from './support/load.js';
import { apiKey, prepareRequests, signed } from './support/requests.js';
import { Server, service } from './support/server.js';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '20000' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '15' },
  },
});
const [events, rate, seconds] = [values.events, values.rate, values.seconds].map(Number) as [number, number, number];
const questions = [
  '{ rooms(first: 50, filter: { active: true }) { totalCount { value } nodes { name participantCount participantSeconds } } }',
  '{ participants(first: 50) { nodes { identity durationSeconds room { name } tracks(first: 5) { nodes { type durationSeconds } } } } }',
  '{ egresses(first: 50) { nodes { status outputs { kind sizeBytes } } } }',
];
const exp = Math.floor(Date.now() / 1000) + 3_600;
const token = signed({ iss: apiKey.key, exp, roomledger: { read: true } });
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

const primary = await BenchCluster.start();
const url = await primary.create('replicas');
const replicas = await Promise.all([primary.replica(), primary.replica()]);
const alone = await Server.start(service, url);
const read = replicas.map((replica) => replica.url('replicas')).join();
const helped = await Server.start(service, url, { DATABASE_URL_READ: read });
const rows: string[][] = [];
try {
  console.log(`Node ${process.version}; ${primary.version}; ${events} events, then ${rate} a second`);
  await post(prepareRequests(events, 500), { port: alone.port, connections: 64 });
  await primary.run('analyze', 'replicas');
  for (let round = 0; round < 3; round++) {
    await play('primary alone', alone, 0);
    await play('two replicas', helped, 0);
    await play('primary alone, webhooks', alone, rate);
    await play('two replicas, webhooks', helped, rate);
  }
  const head = ['', 'answers/s', 'p50 ms', 'p99', 'failed', 'ms of the primary', 'of replicas', 'of Node'];
  console.log(table([...head, 'queryable p50 ms', 'p99', 'most'], rows));
} finally {
  await Promise.all([alone.stop(), helped.stop()]);
  await Promise.all(replicas.map((replica) => replica.stop()));
  await primary.stop();
}

async function play(name: string, server: Server, webhooks: number): Promise<void> {
  const before = spent(server);
  const arriving =
    webhooks > 0
      ? post(prepareRequests(webhooks * seconds, 500), { port: server.port, connections: 64, rate: webhooks })
      : null;
  const [loaded, waits] = await Promise.all([ask(server), webhooks > 0 ? probe(server) : []]);
  await arriving;
  const each = spent(server).map((now, at) => short((now - before[at]!) / 1000 / loaded.requests));
  const waited = waits.length === 0 ? ['', '', ''] : [0.5, 0.99, 1].map((part) => short(percentile(waits, part)));
  const { requests, milliseconds, p50, p99, failed } = loaded;
  const answers = [short((requests * 1000) / milliseconds), short(p50), short(p99), String(failed)];
  rows.push([name, ...answers, ...each, ...waited]);
  console.log(rows.at(-1)!.join(' | '));
}

/** Of the primary, the replicas and the service, in µs. */
function spent(server: Server): number[] {
  const ofReplicas = replicas.reduce((sum, { pid }) => sum + cpuOf(pid, true), 0);
  return [cpuOf(primary.pid, true), ofReplicas, cpuOf(server.pid)];
}

async function ask({ port }: Server): Promise<Loaded> {
  const bodies = questions.map((query) => JSON.stringify({ query }));
  const load: Load = {
    url: `http://127.0.0.1:${port}/graphql`,
    headers,
    bodies,
    connections: 8,
    milliseconds: seconds * 1000,
  };
  const program = ['--import', './bench/support/typescript.mjs', 'bench/queries/load.ts'];
  const asking = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'inherit'] });
  asking.stdin.end(JSON.stringify(load));
  return JSON.parse(await text(asking.stdout)) as Loaded;
}

/** How long after its answer each of these webhooks can be asked for, in ms. */
async function probe({ port }: Server): Promise<number[]> {
  const waits: number[] = [];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const [one] = prepareRequests(1, 1);
    const { id } = JSON.parse(one!.bytes.toString().split('\r\n\r\n', 2)[1]!) as { id: string };
    await post([one!], { port, connections: 1 });
    const answered = performance.now();
    const body = JSON.stringify({ query: `{ webhookEvent(id: ${JSON.stringify(id)}) { id } }` });
    for (let found = false; !found;) {
      const answer = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body });
      found = ((await answer.json()) as { data: { webhookEvent: object | null } }).data.webhookEvent !== null;
    }
    waits.push(performance.now() - answered);
    await pause(100);
  }
  return waits;
}
