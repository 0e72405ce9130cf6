// npm run bench -- partitions [--rows 20000000] [--rounds 5] [--divide 500000]
//
// What partitions of the log cost: an event's intake into a plain log, into one of the months made ahead, of a year and
// of five years, and while a log is being divided; then, on a year of so many events made by SQL, what the questions
// about events take, and what answers take while a month is dropped, and while a plain log is divided.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { prepare } from '../src/database/prepare.js';
import { keepingLog, type LogKeeping } from '../src/log/log-lock.js';
import { LOG, piecesOf } from '../src/log/months.js';
import { move } from '../src/log/move.js';
import { dropOldMonths } from '../src/log/retention.js';
import { dropIndexes } from '../harness/seed/indexes.js';
import { planOf } from '../harness/plan.js';
import { intakeCost, type IntakeCost } from './growth/intake-cost.js';
import { BenchCluster } from './support/cluster.js';
import { percentile, spread, table } from './support/figures.js';
import { post } from './support/load.js';
import { prepareRequests } from './support/requests.js';
import { Server, service } from './support/server.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '20000000' },
    rounds: { type: 'string', default: '5' },
    divide: { type: 'string', default: '500000' },
  },
});
const [rows, rounds, divide] = [Number(values.rows), Number(values.rounds), Number(values.divide)];
const DAY = 86_400;
const EVENTS = 4000;

const now = Math.floor(Date.now() / 1000);

/** Narrow rows, evenly over the year until now. */
const fillOf = (rows: number): string => `
  insert into ${LOG} (project, id, created_seconds, event, created_at, received_at, deliveries, projected, room_sid,
    room_name, participant_sid, participant_identity, payload, epoch, xid)
  select 'default', 'EV_' || n, at, 'participant_joined', to_timestamp(at), to_timestamp(at), 1, true, 'RM_' || n / 20,
    'room-' || n / 20 % 5000, 'PA_' || n / 4, 'user-' || n % 100000, '{}', 1, n / 10
  from generate_series($1::bigint, $2::bigint) n, lateral (select ${now} - ${365 * DAY} + n * ${365 * DAY} / ${rows} as at) t`;
const STEP = 100_000;

const cluster = await BenchCluster.start();
console.log(`Node ${process.version}; ${cluster.version}, fsync on`);
try {
  if (rounds > 0) await compareIntake();
  if (rows > 0) await grow();
  if (divide > 0) await divideUnderLoad();
} finally {
  await cluster.stop();
}

async function made(name: string, days: number | null): Promise<string> {
  const url = await cluster.create(name);
  await prepare(url);
  if (days !== null) await alone(url, (log) => move(log, LOG, piecesOf(now - days * DAY, now)));
  return url;
}

async function alone<T>(url: string, work: (keeping: LogKeeping) => Promise<T>): Promise<T> {
  return (await keepingLog(url, { wait: true }, work))!;
}

async function compareIntake(): Promise<void> {
  const noted = await made('noted', null);
  await cluster.run(
    `create trigger note_log_change after insert or update on ${LOG} for each row execute function note_log_change()`,
    'noted',
  );
  const logs = new Map([
    ['plain', await made('plain', null)],
    ['months ahead', await made('months', 0)],
    ['a year', await made('year', 365)],
    ['five years', await made('years', 5 * 365)],
    ['being divided', noted],
  ]);
  const costs = new Map<string, IntakeCost[]>(Array.from(logs.keys(), (name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, url] of logs) {
      const cost = await intakeCost(url, EVENTS);
      if (round > 0) costs.get(name)!.push(cost);
    }
  }
  const plain = costs.get('plain')!;
  const lines = Array.from(costs, ([name, all]) => [
    name,
    spread(all.map(({ cpu }) => cpu)),
    spread(all.map(({ cpu }, at) => cpu / plain[at]!.cpu)),
    spread(all.map(({ wal }) => wal)),
  ]);
  console.log(`\n${table(['an event into a log', 'Postgres µs', 'to the plain one', 'bytes of WAL'], lines)}\n`);
}

async function seed(url: string, count: number): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    options: '-c maintenance_work_mem=1GB -c synchronous_commit=off',
  });
  client.on('error', () => undefined);
  await client.connect();
  const began = performance.now();
  const indexes = await dropIndexes(client, [LOG]);
  for (let at = 0; at < count; at += STEP) await client.query(fillOf(count), [at, at + STEP - 1]);
  for (const make of indexes) await client.query(make);
  await client.query(`vacuum (analyze) ${LOG}`);
  await client.end();
  console.log(`${count} events made in ${Math.round((performance.now() - began) / 1000)} s`);
}

async function grow(): Promise<void> {
  const url = await made('grown', 365);
  await seed(url, rows);
  if (rows <= 1_000_000) {
    const plain = await made('plain_grown', null);
    await seed(plain, rows);
    console.log('The same in one plain table:');
    await ask(plain);
  }
  await ask(url);
  await dropUnderLoad(url);
}

/** The service divides it by itself. */
async function divideUnderLoad(): Promise<void> {
  const url = await made('dividing', null);
  await seed(url, divide);
  const server = await Server.start(service, url);
  const began = performance.now();
  const times: number[] = [];
  const answers: number[] = [];
  const stopping = new AbortController();
  const asking = askAllTheTime(url, (ms) => answers.push(ms), stopping.signal);
  const isPlain = async (): Promise<boolean> => {
    const [log] = await cluster.run(
      `select relkind = 'r' as plain from pg_class where oid = '${LOG}'::regclass`,
      'dividing',
    );
    return log!['plain'] as boolean;
  };
  const rate = 200;
  const load = { port: server.port, connections: 32, rate };
  do times.push(...(await post(prepareRequests(rate * 2, 200), load)));
  while (await isPlain());
  console.log(`divided within ${Math.round((performance.now() - began) / 1000)} s`);
  stopping.abort();
  await asking;
  await server.stop();
  console.log(
    table(['ms', 'count', 'p50', 'p99', 'worst'], [latencies('webhooks', times), latencies('questions', answers)]),
  );
}

function latencies(name: string, times: number[]): string[] {
  return [name, `${times.length}`, ...[0.5, 0.99, 1].map((part) => percentile(times, part).toFixed(1))];
}

async function ask(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, options: '-c random_page_cost=1.1 -c jit=off', max: 2 });
  const newest = 'order by epoch desc, xid desc, seq desc limit 51';
  const middle = rows / 2;
  const day = now - 100 * DAY;
  const since = (from: string): string =>
    `(created_seconds >= floor(extract(epoch from ${from}))::bigint or created_seconds < 946684800)`;
  const range = `created_at >= $1::timestamptz and created_at < $2::timestamptz and ${since('$1::timestamptz')}`;
  const span = [new Date(day * 1000).toISOString(), new Date((day + DAY) * 1000).toISOString()];
  const questions: [string, string, unknown[]][] = [
    ['newest', `select id from ${LOG} where project = $1 ${newest}`, ['default']],
    ['by id', `select id from ${LOG} where project = $1 and id = $2 ${newest}`, ['default', `EV_${middle}`]],
    [
      'by room sid',
      `select id from ${LOG} where project = $1 and room_sid = $2 ${newest}`,
      ['default', `RM_${middle / 20}`],
    ],
    ['by room name', `select id from ${LOG} where project = $1 and room_name = $2 ${newest}`, ['default', 'room-7']],
    [
      'by participant',
      `select id from ${LOG} where project = $1 and participant_sid = $2 ${newest}`,
      ['default', `PA_${middle / 4}`],
    ],
    ['not projected', `select id from ${LOG} where project = $1 and not projected ${newest}`, ['default']],
    [
      'deep page',
      `select id from ${LOG} where project = $1 and (epoch, xid, seq) < ((select $2::bigint), $3::bigint, $4::bigint) ${newest}`,
      ['default', 1, middle / 10, 2 ** 40],
    ],
    ['a day, counted', `select count(*) from ${LOG} where ${range}`, span],
  ];
  const lines: string[][] = [];
  for (const [name, text, bound] of questions) {
    for (const prepared of [false, true]) {
      const sent = { ...(prepared && { name }), text, values: bound };
      await planOf(pool, sent);
      const { sequential, buffers, indexes, rows: read } = await planOf(pool, sent);
      const times: number[] = [];
      for (let at = 0; at < 20; at++) {
        const start = performance.now();
        await pool.query(sent);
        times.push(performance.now() - start);
      }
      lines.push([
        `${name}${prepared ? ', prepared' : ''}`,
        `${read}`,
        `${buffers}`,
        `${indexes.length}`,
        `${sequential.length}`,
        percentile(times, 0.5).toFixed(2),
      ]);
    }
  }
  console.log(`\n${table(['question', 'rows', 'buffers', 'indexes', 'sequential', 'p50 ms'], lines)}\n`);
  await pool.end();
}

async function dropUnderLoad(url: string): Promise<void> {
  const server = await Server.start(service, url);
  const [before, during]: [number[], number[]] = [[], []];
  let phase = before;
  const stopping = new AbortController();
  const asking = askAllTheTime(url, (ms) => phase.push(ms), stopping.signal);
  const rate = 300;
  await post(prepareRequests(rate * 2, 200), { port: server.port, connections: 32, rate });
  const calm = await post(prepareRequests(rate * 10, 200), { port: server.port, connections: 32, rate });
  phase = during;
  const dropped: number[] = [];
  const dropping = alone(url, async (log) => {
    for (let months = 11; months > 8; months--) {
      const start = performance.now();
      await dropOldMonths(log, { now: (now - (months - 1) * 30.4 * DAY) * 1000, ageMs: 31 * DAY * 1000, store: null });
      dropped.push(performance.now() - start);
      await pause(1000);
    }
  });
  const busy = await post(prepareRequests(rate * 15, 200), { port: server.port, connections: 32, rate });
  await dropping;
  stopping.abort();
  await asking;
  await server.stop();
  console.log(`drops with all that goes before them took ${dropped.map((ms) => Math.round(ms)).join(', ')} ms`);
  console.log(
    table(
      ['ms', 'count', 'p50', 'p99', 'worst'],
      [
        latencies('webhooks before', calm),
        latencies('webhooks while months are dropped', busy),
        latencies('questions before', before),
        latencies('questions while months are dropped', during),
      ],
    ),
  );
  const left = await cluster.run(
    `select count(*)::int as parts from pg_inherits where inhparent = '${LOG}'::regclass`,
    'grown',
  );
  console.log(`${String(left[0]!['parts'])} partitions are left`);
}

async function askAllTheTime(url: string, note: (ms: number) => void, stop: AbortSignal): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const text = `select id, payload from ${LOG} where project = $1 order by epoch desc, xid desc, seq desc limit 51`;
  while (!stop.aborted) {
    const start = performance.now();
    await pool.query({ name: 'newest', text, values: ['default'] });
    note(performance.now() - start);
    await pause(10);
  }
  await pool.end();
}
