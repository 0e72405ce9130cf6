// npm run bench -- intake [--rounds 3] [--events 40000] [--connections 512] [--rooms 1000] [--only ours,ceiling]
//
// How fast events are taken: by this service, by what people write today, and by this service when it only
// checks and reads each event (the ceiling). All get the same signed requests, in turn, on one cluster.
import { parseArgs } from 'node:util';
import { startContenders, type Contender } from './intake/contenders.js';
import { measure, type Measured } from './intake/measure.js';
import { BenchCluster } from './support/cluster.js';
import { percentile, spread, table } from './support/figures.js';
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
const BARE_MS = 2000;
/** So rarely that they are no load of their own. */
const PAUSE_MS = 20;

const cluster = await BenchCluster.start();
const contenders = await startContenders(cluster, values.only.split(','));
console.log(
  `Node ${process.version}; ${cluster.version}, fsync on; ${connections} connections, ${rooms} rooms at once`,
);
const quarters: Quarter[] = [];
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

/** How long things took, in ms. */
interface Quarter {
  readonly answers: number[];
  /** Commits of one row: on the same machine at rest, and while the answers were given. */
  readonly bare: number[];
  readonly beside: number[];
}

/** At a quarter of what it can: how long answers take, beside how long a commit takes. */
async function quarter({ server }: Contender, rate: number): Promise<void> {
  const requests = prepareRequests(Math.ceil(rate * 5), rooms);
  const atRest = (): Promise<number[]> => bareCommits(cluster, AbortSignal.timeout(BARE_MS));
  const before = await atRest();
  const posted = new AbortController();
  const committing = bareCommits(cluster, posted.signal, PAUSE_MS);
  const posting = post(requests, { port: server.port, connections: FEW_CONNECTIONS, rate });
  const answers = await posting.finally(() => posted.abort());
  quarters.push({ answers, beside: await committing, bare: [...before, ...(await atRest())] });
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
  const percentiles = (part: number): void => {
    const [answers, bare, beside] = (['answers', 'bare', 'beside'] as const).map((of) =>
      quarters.map((one) => percentile(one[of], part)),
    ) as [number[], number[], number[]];
    const times = (of: number[]): string => spread(answers.map((answer, at) => answer / of[at]!));
    console.log(`at a quarter of its rate: p${part * 100} ${spread(answers)} ms
  of a bare commit at rest ${spread(bare)} ms: ${times(bare)} times
  of a bare commit at the same time ${spread(beside)} ms: ${times(beside)} times`);
  };
  percentiles(0.99);
  percentiles(0.5);
}
