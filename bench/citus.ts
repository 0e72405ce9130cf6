// CITUS_URL=… npm run bench -- citus [--rounds 5] [--events 3000]
//
// Intake and questions on a database whose log is distributed beside a plain one of the same coordinator, in paired
// rounds. CITUS_URL is of harness/citus-cluster.mjs: its servers run on this machine.
import { parseArgs } from 'node:util';
import { joinNodes, on, workersOf } from '../harness/citus.js';
import { commitEvents } from '../harness/commit-events.js';
import { play } from '../src/cli/simulate/play.js';
import { Database } from '../src/database/database.js';
import { prepare } from '../src/database/prepare.js';
import { readEvent } from '../src/livekit/event.js';
import type { JsonObject } from '../src/livekit/json.js';
import { distribute, distributionOf } from '../src/log/distribute.js';
import { keepLog } from '../src/log/keep.js';
import { keepingLog, untilFree } from '../src/log/log-lock.js';
import { postmasterOf } from './queries/measure.js';
import { cpuOf } from './support/cpu.js';
import { median, table } from './support/figures.js';
import { apiKey, signed } from './support/requests.js';
import { Server, service } from './support/server.js';

const BATCH = 50;
const WRITERS = 5;
const ASKED = 60;

interface Round {
  readonly rate: number;
  /** In ms an event, of each server. */
  readonly cpu: readonly number[];
}

const options = { rounds: { type: 'string', default: '5' }, events: { type: 'string', default: '3000' } } as const;
const { values } = parseArgs({ options });
const coordinator = process.env['CITUS_URL'];
if (coordinator === undefined) throw new Error('CITUS_URL must be set: node harness/citus-cluster.mjs start <folder>');
const servers = [coordinator, ...(await workersOf(coordinator))];
const postmasters = await Promise.all(servers.map(async (server) => (await postmasterOf(server))!));
const urls = { plain: await make('bench_plain', false), distributed: await make('bench_distributed', true) };

const rounds: Record<keyof typeof urls, Round[]> = { plain: [], distributed: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  for (const kind of ['plain', 'distributed'] as const) rounds[kind].push(await takeIn(urls[kind], round));
}
const rows = Object.entries(rounds).map(([kind, all]) => [
  kind,
  median(all.map(({ rate }) => rate)).toFixed(0),
  ...servers.map((_, at) => median(all.map(({ cpu }) => cpu[at]!)).toFixed(2)),
]);
console.log(table(['log', 'events/s', 'coordinator, CPU ms/event', 'worker 1', 'worker 2'], rows));
const ratios = rounds.plain.map(({ rate }, at) => rounds.distributed[at]!.rate / rate);
console.log(
  `\nDistributed to plain: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; median ${median(ratios).toFixed(2)}`,
);
for (const server of servers) console.log(`The log at ${new URL(server).host}: ${await sizeAt(server)}`);
console.log(`\n${table(['question', 'plain, p50 ms', 'distributed', 'remote commands'], await questions())}`);

function databaseAt(server: string, database: string): string {
  return Object.assign(new URL(server), { pathname: database }).href;
}

async function make(name: string, distributed: boolean): Promise<string> {
  for (const server of servers) {
    await on(server, `drop database if exists ${name} with (force)`);
    await on(server, `create database ${name}`);
  }
  const [url = '', ...workers] = servers.map((server) => databaseAt(server, name));
  if (distributed) await joinNodes(url, workers);
  await prepare(url);
  await keepingLog(url, { wait: true }, async (keeping) => {
    await keepLog(keeping, Math.floor(Date.now() / 1000));
    if (distributed) await distribute(keeping.client, await distributionOf(keeping.client, 2));
  });
  return url;
}

async function takeIn(url: string, round: number): Promise<Round> {
  const database = new Database(url, 60_000);
  const now = Date.now();
  const played = [
    ...play({ seed: round + 1, rooms: 40, count: Number(values.events), from: now - 3_600_000, to: now }),
  ];
  const read = played.map(({ body }) => readEvent('default', body as JsonObject, now));
  const batches = Array.from({ length: Math.ceil(read.length / BATCH) }, (_, at) =>
    read.slice(at * BATCH, (at + 1) * BATCH),
  );
  const left = batches.values();
  // Connections and plans are made before.
  await commitEvents(database.intake, left.next().value!);
  const before = postmasters.map((pid) => cpuOf(pid, true));
  const began = performance.now();
  const write = async (): Promise<void> => {
    for (const batch of left) await untilFree(new AbortController().signal, () => commitEvents(database.intake, batch));
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  const took = performance.now() - began;
  const cpu = postmasters.map((pid, at) => (cpuOf(pid, true) - before[at]!) / 1000 / (read.length - BATCH));
  await database.onApplicationShutdown();
  return { rate: ((read.length - BATCH) * 1000) / took, cpu };
}

async function sizeAt(server: string): Promise<string> {
  const url = new URL(databaseAt(server, 'bench_distributed'));
  // Else Citus hides shards.
  url.searchParams.set('options', '-c citus.override_table_visibility=off');
  const [row] = await on<{ size: string }>(
    url.href,
    `select pg_size_pretty(sum(pg_total_relation_size(oid))) as size from pg_class where relkind = 'r' and relname ^@ 'webhook_event'`,
  );
  return row!.size;
}

async function questions(): Promise<string[][]> {
  const [some] = await on<{ id: string; room: string }>(
    urls.plain,
    'select id, room_name as room from webhook_event where room_name is not null limit 1',
  );
  const events = 'edges { cursor node { id event createdAt } }';
  const range = `from: "${new Date(Date.now() - 86_400_000).toISOString()}", to: "${new Date().toISOString()}"`;
  const asked = {
    'active rooms':
      '{ rooms(filter: { active: true }) { nodes { sid name participants(first: 10) { nodes { sid } } } } }',
    'history page': '{ rooms(first: 50) { edges { cursor node { sid startedAt endedAt } } } }',
    'one room': '{ rooms(first: 1) { nodes { sid participants { nodes { sid tracks { nodes { sid } } } } } } }',
    'newest events': `{ webhookEvents(first: 50) { ${events} } }`,
    'events by room': `{ webhookEvents(first: 50, filter: { roomName: { eq: "${some!.room}" } }) { ${events} } }`,
    'event by id': `{ webhookEvent(id: "${some!.id}") { id payload } }`,
    usage: `{ usage(meter: PARTICIPANT, ${range}, interval: DAY) { from seconds sessions } }`,
  };
  const both = [await Server.start(service, urls.plain), await Server.start(service, urls.distributed)] as const;
  try {
    const found: string[][] = [];
    for (const [name, query] of Object.entries(asked)) {
      const times = [[], []] as [number[], number[]];
      const before = await remoteCommands();
      for (let at = 0; at < ASKED; at++) {
        for (const [which, { port }] of both.entries()) times[which]!.push(await ask(port, query));
      }
      const remote = ((await remoteCommands()) - before) / ASKED;
      found.push([
        name,
        ...times.map((all) => median(all).toFixed(1)),
        Number.isNaN(remote) ? 'needs pg_stat_statements' : remote.toFixed(0),
      ]);
    }
    return found;
  } finally {
    await Promise.all(both.map((one) => one.stop()));
  }
}

/** Statements of the workers so far, by the parts that Citus reads its own tables with: shards. */
async function remoteCommands(): Promise<number> {
  let calls = 0;
  for (const server of servers.slice(1)) {
    const [row] = await on<{ calls: number }>(
      databaseAt(server, 'bench_distributed'),
      `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements s join pg_database d on d.oid = s.dbid
        where datname = current_database() and query ~ 'webhook_event|log_node'`,
    ).catch(() => [{ calls: NaN }]);
    calls += row!.calls;
  }
  return calls;
}

async function ask(port: number, query: string): Promise<number> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: apiKey.key, nbf: now, exp: now + 600, video: { roomList: true } };
  const headers = { authorization: `Bearer ${signed(claims)}`, 'content-type': 'application/json' };
  const began = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`);
  return performance.now() - began;
}
