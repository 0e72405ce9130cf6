// npm run bench -- compare <another checkout, built> [--rounds 5] [--events 20000] [--connections 128] [--sessions 100000]
//
// This build beside another one of the same service, in turn on one cluster: intake, then the five questions. Each
// has databases of its own, migrated and seeded by its own sources.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measure as measureIntake, type Measured } from './intake/measure.js';
import { measure as measureQuestions, type Round } from './queries/measure.js';
import { ours } from './queries/ours.js';
import { type Body, type Question, questions } from './queries/questions.js';
import { samplesOf } from './queries/samples.js';
import { Served } from './queries/serve.js';
import { BenchCluster } from './support/cluster.js';
import { spread, table } from './support/figures.js';
import { prepareRequests } from './support/requests.js';
import { Server, service } from './support/server.js';
import { inTurn } from './support/turn.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    events: { type: 'string', default: '20000' },
    connections: { type: 'string', default: '128' },
    sessions: { type: 'string', default: '100000' },
  },
});
const [other] = positionals;
if (other === undefined) throw new Error('Name the folder of another checkout of this service, built.');
const rounds = Number(values.rounds);

interface Build {
  readonly name: string;
  readonly folder: string;
  /** Node's arguments. */
  readonly program: readonly string[];
}

const builds = [
  { name: 'this', folder: resolve('.') },
  { name: 'other', folder: resolve(other) },
].map((build): Build => ({ ...build, program: [...service.slice(0, -1), resolve(build.folder, 'dist/main.js')] }));

const cluster = await BenchCluster.start();
console.log(`Node ${process.version}; ${cluster.version}, fsync on; ratios are this to the other, round for round`);
try {
  if (Number(values.events) > 0) await compareIntake();
  await compareQuestions();
} finally {
  await cluster.stop();
}

async function compareIntake(): Promise<void> {
  const measured = new Map<string, Measured[]>(builds.map(({ name }) => [name, []]));
  const servers = await Promise.all(
    builds.map(async ({ name, program }) => Server.start(program, await cluster.create(`intake_${name}`))),
  );
  for (let round = 0; round <= rounds; round++) {
    const requests = prepareRequests(Number(values.events), 1000);
    for (const at of inTurn([0, 1], round)) {
      const connections = Number(values.connections);
      const one = await measureIntake(servers[at]!, cluster, { requests, connections });
      if (round > 0) measured.get(builds[at]!.name)!.push(one);
    }
  }
  await Promise.all(servers.map((server) => server.stop()));
  const figures = ['rate', 'nodeUs', 'postgresUs', 'p50', 'p99'] as const;
  const [mine, theirs] = [measured.get('this')!, measured.get('other')!];
  const rows = figures.map((figure) => rowOf(figure, [mine.map((m) => m[figure]), theirs.map((m) => m[figure])]));
  console.log(`\nintake\n${table(['', 'this', 'other', 'ratio'], rows)}`);
}

async function compareQuestions(): Promise<void> {
  const urls = await Promise.all(builds.map(({ name }) => cluster.create(`questions_${name}`)));
  builds.forEach(({ folder }, at) => seed(folder, urls[at]!));
  const samples = await Promise.all(urls.map(samplesOf));
  const served = await Promise.all(
    builds.map(({ name, program }, at) => Served.start({ ...ours, name, program }, urls[at]!)),
  );
  for (const question of Object.keys(questions) as Question[]) {
    const bodies = await Promise.all(served.map((one, at) => bodiesOf(one, question, samples[at]!)));
    const found = new Map<string, Round[]>(builds.map(({ name }) => [name, []]));
    for (let round = 0; round <= rounds; round++) {
      for (const at of inTurn([0, 1], round)) {
        const pressure = { connections: 16, milliseconds: 3_000, postmaster: cluster.pid };
        const one = await measureQuestions(served[at]!, bodies[at]!, pressure);
        if (round > 0) found.get(builds[at]!.name)!.push(one);
      }
    }
    const [mine, theirs] = [found.get('this')!, found.get('other')!];
    const figures = ['perSecond', 'nodeCpu', 'postgresCpu', 'p50', 'p99'] as const;
    const rows = figures.map((figure) => rowOf(figure, [mine.map((m) => m[figure]), theirs.map((m) => m[figure])]));
    console.log(`\n${question}\n${table(['', 'this', 'other', 'ratio'], rows)}`);
  }
  await Promise.all(served.map((one) => one.stop()));
}

function rowOf(name: string, [mine, theirs]: [number[], number[]]): string[] {
  return [name, spread(mine), spread(theirs), spread(mine.map((figure, at) => figure / theirs[at]!))];
}

async function bodiesOf(
  served: Served,
  question: Question,
  samples: Awaited<ReturnType<typeof samplesOf>>,
): Promise<string[]> {
  const ask = ours.asks[question] as (sample: unknown, post: (body: Body) => Promise<unknown>) => Body | Promise<Body>;
  const bodies = await Promise.all(samples[question].map((sample) => ask(sample, (body) => served.post(body))));
  return bodies.map((body) => JSON.stringify(body));
}

function seed(folder: string, url: string): void {
  const program = ['--import', './bench/support/typescript.mjs', 'bench/seed-sessions.ts', values.sessions];
  const env = { ...process.env, DATABASE_URL: url };
  const { status } = spawnSync(process.execPath, program, { cwd: folder, env, stdio: 'inherit' });
  if (status !== 0) throw new Error(`The sources in ${folder} could not seed their database.`);
}
