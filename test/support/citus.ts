import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { prepare } from '../../src/database/prepare.js';
import { distribute, distributionOf, recoverSoon } from '../../src/log/distribute.js';
import { keepLog } from '../../src/log/keep.js';
import { keepingLog } from '../../src/log/log-lock.js';

/** Whether this run is on Citus: `npm run test:citus` with CITUS_URL. */
export const onCitus = process.env['ON_CITUS'] !== undefined && Boolean(process.env['CITUS_URL']);

export interface Cluster {
  /** A database whose log is distributed. */
  readonly url: string;
  /** kill -9 of a worker's server. */
  kill(worker: 1 | 2): Promise<void>;
  /** Until it is thawed, a worker's server answers nothing, and closes nothing. */
  freeze(worker: 1 | 2): void;
  thaw(worker: 1 | 2): void;
  /** Starts what does not run. */
  start(): void;
}

/** A cluster of one's own on this machine, removed after the test. @param distributed whether its log is */
export async function ownCluster({ distributed = true } = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'roomledger-citus-'));
  chmodSync(folder, 0o755);
  // Connections do not take these.
  const port = 61_000 + (process.pid % 1_500) * 3;
  const run = (command: string): void => {
    const options = [command, join(folder, 'nodes'), '--port', String(port)];
    execFileSync(process.execPath, ['harness/citus-cluster.mjs', ...options]);
  };
  const postmaster = (worker: 1 | 2): number => {
    const file = join(folder, 'nodes', `worker${worker}`, 'postmaster.pid');
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  };
  const signal = (worker: 1 | 2, name: NodeJS.Signals): void => {
    const pid = postmaster(worker);
    // First, so that it starts no others.
    process.kill(pid, name);
    const others = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    for (const other of others) process.kill(Number(other), name);
  };
  const frozen = new Set<1 | 2>();
  onTestFinished(() => {
    for (const worker of frozen) signal(worker, 'SIGCONT');
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
      const pid = postmaster(worker);
      process.kill(pid, 'SIGKILL');
      // Postgres does not start again before.
      await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 30_000 }).toBe(false);
    },
    freeze: (worker) => {
      frozen.add(worker);
      signal(worker, 'SIGSTOP');
    },
    thaw: (worker) => {
      frozen.delete(worker);
      signal(worker, 'SIGCONT');
    },
    start: () => run('start'),
  };
}
