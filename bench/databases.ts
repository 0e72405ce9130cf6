// npm run bench -- databases [--events 40000] [--rounds 3]
//
// Events of two projects through one process: into one database, and into a database each.
import { parseArgs } from 'node:util';
import { BenchCluster } from './support/cluster.js';
import { cpuOf } from './support/cpu.js';
import { percentile, short, spread, table } from './support/figures.js';
import { post } from './support/load.js';
import { apiKey, prepareRequests } from './support/requests.js';
import { Server, service } from './support/server.js';
import { inTurn } from './support/turn.js';

const { values } = parseArgs({
  options: { events: { type: 'string', default: '40000' }, rounds: { type: 'string', default: '3' } },
});
const [events, rounds] = [Number(values.events), Number(values.rounds)];
const acmeKey = { ...apiKey, key: 'acmekey' };
const LIVEKIT_KEYS = `${acmeKey.key}@acme: ${acmeKey.secret}`;

interface Contender {
  readonly name: string;
  readonly server: Server;
  readonly figures: Record<'rate' | 'p99' | 'node' | 'postgres', number[]>;
}

const cluster = await BenchCluster.start();
const contenders = [
  await contender('one database', {}),
  await contender('a database each', { DATABASE_URLS: `acme=${await cluster.create('acme')}` }),
];
try {
  console.log(`Node ${process.version}; ${cluster.version}; ${events} events of two projects, ${rounds} rounds`);
  for (const one of contenders) await play(one);
  for (const { figures } of contenders) for (const list of Object.values(figures)) list.length = 0;
  for (let round = 0; round < rounds; round++) for (const one of inTurn(contenders, round)) await play(one);
  const head = ['', 'events/s', 'p99 ms', 'Node µs an event', 'Postgres µs'];
  const rows = contenders.map(({ name, figures: { rate, p99, node, postgres } }) => [
    name,
    ...[rate, p99, node, postgres].map(spread),
  ]);
  console.log(table(head, rows));
} finally {
  await Promise.all(contenders.map(({ server }) => server.stop()));
  await cluster.stop();
}

async function contender(name: string, env: NodeJS.ProcessEnv): Promise<Contender> {
  const url = await cluster.create(name);
  const server = await Server.start(service, url, { LIVEKIT_KEYS, ...env });
  return { name, server, figures: { rate: [], p99: [], node: [], postgres: [] } };
}

async function play({ name, server, figures }: Contender): Promise<void> {
  const half = Math.floor(events / 2);
  const [ours, theirs] = [prepareRequests(half, 500), prepareRequests(half, 500, acmeKey)];
  // Both may have rooms of one name, which wait for each other here only.
  const requests = ours.flatMap((one, at) => [one, { ...theirs[at]!, key: `acme ${theirs[at]!.key}` }]);
  const before = [cpuOf(server.pid), cpuOf(cluster.pid, true)];
  const began = performance.now();
  const latencies = await post(requests, { port: server.port, connections: 64 });
  const took = performance.now() - began;
  const [node, postgres] = [cpuOf(server.pid), cpuOf(cluster.pid, true)].map((now, at) => (now - before[at]!) / events);
  figures.rate.push((events * 1000) / took);
  figures.p99.push(percentile(latencies, 0.99));
  figures.node.push(node!);
  figures.postgres.push(postgres!);
  console.log(`${name}: ${short((events * 1000) / took)} events/s`);
}
