// npm run bench -- queries [question …] [--rounds 5] [--seconds 4] [--connections 16]
//
// The service beside PostGraphile, Apollo with Prisma's include, and one statement by hand, on the tables of
// DATABASE_URL. Every peer gives the same answers before one is timed; rounds take turns.
import { parseArgs } from 'node:util';
import { plain } from './queries/answers.js';
import { apollo } from './queries/apollo.js';
import { generate } from './queries/apollo/generate.js';
import { ceiling } from './queries/ceiling.js';
import { measure, postmasterOf, type Pressure, type Round } from './queries/measure.js';
import { ours } from './queries/ours.js';
import { postgraphile } from './queries/postgraphile.js';
import { type Body, type Peer, type Question, questions, type Samples } from './queries/questions.js';
import { report } from './queries/report.js';
import { samplesOf } from './queries/samples.js';
import { cancelStatements, isOverdue, Served } from './queries/serve.js';
import { inTurn } from './support/turn.js';

/** Many of what takes so long alone would wait for a connection to the database until that is refused them. */
const SLOW_MS = 500;
const FEW_CONNECTIONS = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '16' },
  },
});
const url = process.env['DATABASE_URL'];
if (url === undefined) throw new Error('DATABASE_URL must be set, to a database with the tables full.');
const wanted = (positionals.length > 0 ? positionals : Object.keys(questions)) as Question[];
const samples = await samplesOf(url);
const pressure: Pressure = {
  connections: Number(values.connections),
  milliseconds: Number(values.seconds) * 1000,
  postmaster: await postmasterOf(url),
};

generate();
const servers: Served[] = [];
try {
  for (const peer of [ours, postgraphile, apollo, ceiling]) servers.push(await Served.start(peer, url));
  for (const question of wanted) await compare(question);
} finally {
  await Promise.all(servers.map((served) => served.stop()));
}

async function compare(question: Question): Promise<void> {
  console.log(`\n${question}: ${questions[question]}\n`);
  const asked = new Map<Served, Asked[]>();
  for (const served of servers.filter(({ peer }) => peer.asks[question] !== undefined)) {
    const answered = await answersOf(served, question);
    if (answered) asked.set(served, answered);
  }
  requireSameAnswers(asked);
  const loads = new Map([...asked].map(([served, list]) => [served, list.map(({ body }) => JSON.stringify(body))]));
  const able = [...asked.keys()];
  const slow = able.filter((served) => asked.get(served)!.every(({ took }) => took > SLOW_MS));
  for (const { peer } of slow) console.log(`${peer.name} takes long alone: ${FEW_CONNECTIONS} connections ask it.\n`);
  const press = (served: Served, milliseconds: number): Promise<Round> => {
    const connections = slow.includes(served) ? FEW_CONNECTIONS : pressure.connections;
    return measure(served, loads.get(served)!, { ...pressure, connections, milliseconds });
  };
  const rounds = new Map<string, Round[]>(able.map(({ peer }) => [peer.name, []]));
  for (const served of able) await press(served, 2_000);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const served of inTurn(able, round)) {
      rounds.get(served.peer.name)!.push(await press(served, pressure.milliseconds));
    }
  }
  console.log(report(rounds, ours.name));
}

function bodiesOf<Q extends Question>(served: Served, question: Q): Promise<Body[]> {
  const ask = served.peer.asks[question] as NonNullable<Peer['asks'][Q]>;
  return Promise.all(samples[question].map(async (sample: Samples[Q]) => ask(sample, (body) => served.post(body))));
}

interface Asked {
  readonly body: Body;
  readonly answer: string;
  /** Milliseconds, with nothing beside it. */
  readonly took: number;
}

/** What a peer is asked, and says; null where that takes it too long, as it must not take ours. */
async function answersOf(served: Served, question: Question): Promise<Asked[] | null> {
  const asked: Asked[] = [];
  try {
    for (const body of await bodiesOf(served, question)) {
      const began = performance.now();
      const answer = plain(await served.post(body));
      asked.push({ body, answer, took: performance.now() - began });
    }
    return asked;
  } catch (error) {
    if (served.peer === ours || !isOverdue(error)) throw error;
    await cancelStatements(url!);
    console.log(`${served.peer.name} gave no answer in time, and is left out.\n`);
    return null;
  }
}

function requireSameAnswers(asked: ReadonlyMap<Served, readonly Asked[]>): void {
  const [[, first] = [undefined, []]] = asked;
  for (let index = 0; index < first.length; index++) {
    const answers = new Map(Array.from(asked, ([served, list]) => [list[index]!.answer, served.peer.name]));
    if (answers.size === 1) continue;
    const told = [...answers].map(([answer, name]) => `${name}: ${answer.slice(0, 600)}`);
    throw new Error(`The answers differ.\n${told.join('\n')}`);
  }
}
