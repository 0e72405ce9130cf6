// npm run bench -- intake [--rounds 3] [--events 40000] [--connections 512] [--rooms 1000] [--only ours,ceiling]
//
// How fast events are taken: by this service, by what people write today, and by this service when it only
// checks and reads each event (the ceiling). All get the same signed requests, in turn, on one cluster.
import { parseArgs } from 'node:util';
import { startContenders, type Contender } from './intake/contenders.js';
import { measure, type Measured } from './intake/measure.js';
import { BenchCluster } from './support/cluster.js';
import { median, percentile, short, spread, table } from './support/figures.js';
import { bareCommits } from './support/bare-commits.js';
import { post } from './support/load.js';
import { prepareRequests } from './support/requests.js';
import { inTurn } from './support/turn.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    events: { type: 'string', default: '40000' },
    connections: { type: 'string', default: '512' },
    rooms: { type: 'string', default: '1000' },
    only: { type: 'string', default: 'peer,ceiling,ours' },
  },
});
const [rounds, events, connections, rooms] = [values.rounds, values.events, values.connections, values.rooms].map(
  Number,
) as [number, number, number, number];

/** A LiveKit server keeps few connections open. Of hundreds that mostly rest, what Node keeps for each is measured. */
const FEW_CONNECTIONS = 64;

const cluster = await BenchCluster.start();
const contenders = await startContenders(cluster, values.only.split(','));
console.log(
  `Node ${process.version}; ${cluster.version}, fsync on; ${connections} connections, ${rooms} rooms at once`,
);
const answers: { bare: number[]; quarter: number[] }[] = [];
try {
  for (let round = 0; round <= rounds; round++) await runRound(round);
  report();
} finally {
  await Promise.all(contenders.map(({ server }) => server.stop()));
  await cluster.stop();
}

/** Round 0 warms up. */
async function runRound(round: number): Promise<void> {
  // As autovacuum does within a minute.
  if (round === 1) for (const { name } of contenders) await cluster.run('analyze', name);
  const requests = prepareRequests(round === 0 ? Math.ceil(events / 4) : events, rooms);
  for (const contender of inTurn(contenders, round)) {
    const share = requests.slice(0, Math.ceil(requests.length * contender.share));
    const measured = await measure(contender.server, cluster, { requests: share, connections });
    if (round > 0) contender.rounds.push(measured);
    if (round > 0 && contender.name === 'ours') await quarter(contender, measured.rate / 4);
  }
}

/** At a quarter of what it can: how long answers take, beside how long a commit takes. */
async function quarter({ server }: Contender, rate: number): Promise<void> {
  const requests = prepareRequests(Math.ceil(rate * 5), rooms);
  const before = await bareCommits(cluster);
  const latencies = await post(requests, { port: server.port, connections: FEW_CONNECTIONS, rate });
  const bare = [...before, ...(await bareCommits(cluster))];
  answers.push({ bare, quarter: latencies });
}

function report(): void {
  const head = ['', 'events/s', 'Node µs/event', 'Postgres µs/event', 'p50 ms', 'p99 ms'];
  const figures: ((measured: Measured) => number)[] = [
    (m) => m.rate,
    (m) => m.nodeUs,
    (m) => m.postgresUs,
    (m) => m.p50,
    (m) => m.p99,
  ];
  const rows = contenders.map(({ name, rounds }) => [name, ...figures.map((figure) => spread(rounds.map(figure)))]);
  console.log(`\n${table(head, rows)}\n`);
  const ours = contenders.find(({ name }) => name === 'ours');
  if (!ours) return;
  for (const { name, rounds } of contenders.filter((other) => other !== ours)) {
    const ratios = ours.rounds.map(({ rate }, at) => rate / rounds[at]!.rate);
    const node = ours.rounds.map(({ nodeUs }, at) => nodeUs / rounds[at]!.nodeUs);
    console.log(
      `ours to ${name}, of each round: ${spread(ratios)} times the events/s, ${spread(node)} times the CPU in Node`,
    );
  }
  const [bare, quarter] = [
    answers.map((a) => percentile(a.bare, 0.99)),
    answers.map((a) => percentile(a.quarter, 0.99)),
  ];
  const times = quarter.map((p99, at) => p99 / bare[at]!);
  console.log(
    `at a quarter of its rate: p99 ${spread(quarter)} ms, of a bare commit ${spread(bare)} ms: ${spread(times)} times`,
  );
  console.log(
    `(p50 ${short(median(answers.flatMap((a) => a.quarter)))} ms, of a bare commit ${short(median(answers.flatMap((a) => a.bare)))} ms)`,
  );
}
