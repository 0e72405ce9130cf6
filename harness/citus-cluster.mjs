// node harness/citus-cluster.mjs start|stop <folder> [--fsync] [--port 55400]
//
// A coordinator and two workers of Citus on this machine, for test/citus and for figures. Citus is not part of this
// repository: build it, and install it into the Postgres whose programs PG_BIN names. As root, Postgres runs as postgres.
import { spawnSync } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { fsync: { type: 'boolean', default: false }, port: { type: 'string', default: '55400' } },
});
const [command, folder] = positionals;
const bin = process.env.PG_BIN ?? '/usr/lib/postgresql/15/bin';
const asRoot = process.getuid() === 0;
const nodes = ['coordinator', 'worker1', 'worker2'].map((name, at) => ({
  data: path.join(folder, name),
  port: Number(values.port) + at,
}));

const settings = [
  "shared_preload_libraries = 'citus,pg_stat_statements'",
  "listen_addresses = '127.0.0.1'",
  'max_connections = 400',
  'max_prepared_transactions = 400',
  // Citus runs a process for each database.
  'max_worker_processes = 200',
  'max_locks_per_transaction = 512',
  'shared_buffers = 256MB',
  "citus.local_hostname = '127.0.0.1'",
  "unix_socket_directories = ''",
  ...(values.fsync ? [] : ['fsync = off']),
];

function run(program, args) {
  const [file, all] = asRoot ? ['runuser', ['-u', 'postgres', '--', program, ...args]] : [program, args];
  const { status, stderr, stdout } = spawnSync(file, all, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

function sql(port, text) {
  run(path.join(bin, 'psql'), [
    '-qX',
    '-v',
    'ON_ERROR_STOP=1',
    '-h',
    '127.0.0.1',
    '-p',
    `${port}`,
    '-U',
    'postgres',
    '-c',
    text,
  ]);
}

function make({ data, port }) {
  run(path.join(bin, 'initdb'), [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale',
    'C',
    '--no-sync',
  ]);
  appendFileSync(path.join(data, 'postgresql.conf'), `${[...settings, `port = ${port}`].join('\n')}\n`);
}

function start({ data }) {
  if (isRunning(data)) return;
  // Without waiting for its output, which a server keeps open.
  run(path.join(bin, 'pg_ctl'), ['-D', data, '-w', '-l', path.join(data, 'server.log'), 'start']);
}

function isRunning(data) {
  try {
    return run(path.join(bin, 'pg_ctl'), ['-D', data, 'status']) !== '';
  } catch {
    return false;
  }
}

function join() {
  const [coordinator, ...workers] = nodes.map(({ port }) => port);
  for (const { port } of nodes) sql(port, 'create extension if not exists citus');
  const added = workers.map((port) => `select citus_add_node('127.0.0.1', ${port})`);
  sql(coordinator, [`select citus_set_coordinator_host('127.0.0.1', ${coordinator})`, ...added].join(';'));
}

if (command === 'start') {
  mkdirSync(folder, { recursive: true });
  if (asRoot) chownSync(folder, ...idsOf('postgres'));
  for (const node of nodes) {
    if (!existsSync(node.data)) make(node);
    start(node);
  }
  join();
  console.log(`CITUS_URL=postgresql://postgres@127.0.0.1:${nodes[0].port}/postgres`);
} else if (command === 'stop') {
  for (const { data } of nodes) run(path.join(bin, 'pg_ctl'), ['-D', data, '-m', 'fast', 'stop']);
} else {
  console.error('usage: node harness/citus-cluster.mjs start|stop <folder> [--fsync] [--port 55400]');
  process.exitCode = 1;
}

function idsOf(user) {
  const id = (flag) => Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout);
  return [id('-u'), id('-g')];
}
