// npm run bench -- streams [--subscribers 200] [--rate 500] [--seconds 20]
//
// Subscribers of all events on one service while webhooks arrive: there, at another replica, and while a third of the
// subscribers connect again every five seconds; and intake beside them and without them. All ids are counted.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Report } from './streams/subscribers.js';
import { BenchCluster } from './support/cluster.js';
import { cpuOf, residentOf } from './support/cpu.js';
import { percentile, short, table } from './support/figures.js';
import { post } from './support/load.js';
import { apiKey, type Prepared, prepareRequests, signed } from './support/requests.js';
import { Server, service } from './support/server.js';

const { values } = parseArgs({
  options: {
    subscribers: { type: 'string', default: '200' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
  },
});
const [subscribers, rate, seconds] = [values.subscribers, values.rate, values.seconds].map(Number) as [
  number,
  number,
  number,
];

interface Scene {
  readonly name: string;
  readonly count: number;
  readonly restless: number;
  readonly takes: Server;
  /** Null: they watch all rooms. */
  readonly room: string | null;
}

const cluster = await BenchCluster.start();
const url = await cluster.create('streams');
const server = await Server.start(service, url);
const replica = await Server.start(service, url);
const rows: string[][] = [];
try {
  console.log(
    `Node ${process.version}; ${cluster.version}; ${subscribers} subscribers, ${rate} events/s, ${seconds} s`,
  );
  await play({ name: 'warm-up', count: 0, restless: 0, takes: server, room: null });
  rows.length = 0;
  for (let round = 0; round < 2; round++) {
    await play({ name: 'nobody subscribes', count: 0, restless: 0, takes: server, room: null });
    await play({ name: 'they watch a quiet room', count: subscribers, restless: 0, takes: server, room: 'quiet' });
    await play({ name: 'all stay', count: subscribers, restless: 0, takes: server, room: null });
  }
  const restless = Math.round(subscribers / 3);
  await play({ name: 'a third connects again every 5 s', count: subscribers, restless, takes: server, room: null });
  await play({ name: 'webhooks at another replica', count: subscribers, restless: 0, takes: replica, room: null });
  const head = ['', 'answers p50 ms', 'p99', 'delay p50 ms', 'p99', 'missed', 'doubled', 'messages/s', 'core', 'MB'];
  console.log(table(head, rows));
} finally {
  await Promise.all([server.stop(), replica.stop()]);
  await cluster.stop();
}

async function play({ name, count, restless, takes, room }: Scene): Promise<void> {
  const requests = prepareRequests(rate * seconds, 500);
  const watching = count === 0 ? null : await subscribe(count, restless, room);
  const [began, cpu] = [performance.now(), cpuOf(server.pid)];
  const answers = await post(requests, { port: takes.port, connections: 128, rate });
  const took = performance.now() - began;
  const core = (cpuOf(server.pid) - cpu) / 1000 / took;
  const memory = residentOf(server.pid) / 2 ** 20;
  const report = watching === null ? null : await reportOf(watching, room === null ? requests : []);
  const told =
    report === null
      ? []
      : [0.5, 0.99].map((part) => (report.delays.length === 0 ? '' : short(percentile(report.delays, part))));
  rows.push([
    name + (report?.reconnected ? ` (${report.reconnected} times)` : ''),
    short(percentile(answers, 0.5)),
    short(percentile(answers, 0.99)),
    ...(report === null
      ? ['', '', '', '', '']
      : [...told, `${report.missed}`, `${report.doubled}`, short((report.messages * 1000) / took)]),
    short(core),
    short(memory),
  ]);
  console.log(rows.at(-1)!.join(' | '));
}

async function subscribe(count: number, restless: number, room: string | null): Promise<ChildProcess> {
  const child = fork('bench/streams/subscribers.ts', { execArgv: ['--import', './bench/support/typescript.mjs'] });
  const exp = Math.floor(Date.now() / 1000) + 3_600;
  const token = signed({ iss: apiKey.key, exp, roomledger: { read: true, ...(room !== null && { room }) } });
  child.send({ port: server.port, token, cursor: await newest(), count, restless });
  await pause(3_000);
  return child;
}

async function reportOf(child: ChildProcess, requests: readonly Prepared[]): Promise<Report> {
  const expected = requests.map(({ bytes }) => {
    const body = bytes.toString().split('\r\n\r\n', 2)[1]!;
    return (JSON.parse(body) as { id: string }).id;
  });
  child.send({ expected });
  return ((await once(child, 'message')) as [Report])[0];
}

/** The cursor of the newest event. */
async function newest(): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 60;
  const token = signed({ iss: apiKey.key, exp, roomledger: { read: true } });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ query: '{ webhookEvents(first: 1) { edges { cursor } } }' });
  const answer = await fetch(`http://127.0.0.1:${server.port}/graphql`, { method: 'POST', headers, body });
  const { data } = (await answer.json()) as { data: { webhookEvents: { edges: [{ cursor: string }] } } };
  return data.webhookEvents.edges[0].cursor;
}
