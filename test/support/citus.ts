import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished } from 'vitest';
import { prepare } from '../../src/database/prepare.js';
import { distribute, distributionOf, recoverSoon } from '../../src/log/distribute.js';
import { keepLog } from '../../src/log/keep.js';
import { keepingLog } from '../../src/log/log-lock.js';

/** Citus's workers, as its coordinator knows them; their own databases have the coordinator's name. */
export async function workersOf(coordinator: string): Promise<string[]> {
  const rows = await on<{ host: string; port: number }>(
    coordinator,
    'select nodename as host, nodeport as port from pg_dist_node where groupid <> 0 order by nodeport',
  );
  return rows.map(({ host, port }) => Object.assign(new URL(coordinator), { host: `${host}:${port}` }).href);
}

/** Makes databases of one name on several servers one database of Citus. */
export async function joinNodes(coordinator: string, workers: readonly string[]): Promise<void> {
  for (const node of [coordinator, ...workers]) await on(node, 'create extension citus');
  const { hostname, port } = new URL(coordinator);
  await on(coordinator, 'select citus_set_coordinator_host($1, $2)', [hostname, Number(port)]);
  for (const worker of workers) {
    const { hostname: host, port: at } = new URL(worker);
    await on(coordinator, 'select citus_add_node($1, $2)', [host, Number(at)]);
  }
}

/** Citus keeps a connection to each of its databases; a template must have none. */
export async function letGo(server: string, database: string): Promise<void> {
  await on(server, `alter database ${database} allow_connections false`);
  await on(server, 'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [database]);
}

export async function on<Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Whether this run is on Citus: `npm run test:citus` with CITUS_URL. */
export const onCitus = process.env['ON_CITUS'] !== undefined && Boolean(process.env['CITUS_URL']);

export interface Cluster {
  /** A database whose log is distributed. */
  readonly url: string;
  /** kill -9 of a worker's server. */
  kill(worker: 1 | 2): Promise<void>;
  /** Starts what does not run. */
  start(): void;
}

/** A cluster of one's own on this machine, removed after the test. @param distributed whether its log is */
export async function ownCluster({ distributed = true } = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'roomledger-citus-'));
  chmodSync(folder, 0o755);
  const port = 56_000 + (process.pid % 3_000) * 3;
  const run = (command: string): void => {
    const options = [command, join(folder, 'nodes'), '--port', String(port)];
    execFileSync(process.execPath, ['harness/citus-cluster.mjs', ...options]);
  };
  onTestFinished(() => {
    run('start');
    run('stop');
    rmSync(folder, { recursive: true, force: true });
  });
  run('start');
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  await prepare(url);
  await keepingLog(url, { wait: true }, async (keeping) => {
    await keepLog(keeping, Math.floor(Date.now() / 1000));
    if (distributed) await distribute(keeping.client, await distributionOf(keeping.client, 2));
    expect(await recoverSoon(keeping.client)).toBeNull();
  });
  return {
    url,
    kill: async (worker) => {
      const [pid] = readFileSync(join(folder, 'nodes', `worker${worker}`, 'postmaster.pid'), 'utf8').split('\n');
      process.kill(Number(pid), 'SIGKILL');
      // Postgres does not start again before.
      await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 30_000 }).toBe(false);
    },
    start: () => run('start'),
  };
}
