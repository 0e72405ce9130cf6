import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { cpuOf } from '../support/cpu.js';
import type { Load, Loaded } from './load.js';
import type { Served } from './serve.js';

/** One round of one peer. */
export interface Round extends Loaded {
  readonly perSecond: number;
  /** Processor time for each request, in ms: the server's, and all of Postgres's. */
  readonly nodeCpu: number;
  readonly postgresCpu: number;
}

export interface Pressure {
  readonly connections: number;
  readonly milliseconds: number;
  /** Postgres's first process; null where it is elsewhere. */
  readonly postmaster: number | null;
}

export async function measure(served: Served, bodies: readonly string[], pressure: Pressure): Promise<Round> {
  const { url, headers, pid } = served;
  const { connections, milliseconds, postmaster } = pressure;
  const cpu = (): [number, number] => [cpuOf(pid), postmaster === null ? Number.NaN : cpuOf(postmaster, true)];
  const before = cpu();
  const loaded = await loadWith({ url, headers, bodies, connections, milliseconds });
  const [nodeCpu, postgresCpu] = cpu().map((now, index) => (now - before[index]!) / 1000 / loaded.requests);
  const perSecond = ((loaded.requests - loaded.failed) * 1000) / loaded.milliseconds;
  return { ...loaded, perSecond, nodeCpu: nodeCpu!, postgresCpu: postgresCpu! };
}

async function loadWith(load: Load): Promise<Loaded> {
  const program = ['--import', './bench/support/typescript.mjs', fileURLToPath(new URL('load.ts', import.meta.url))];
  const loading = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'inherit'] });
  loading.stdin.end(JSON.stringify(load));
  return JSON.parse(await text(loading.stdout)) as Loaded;
}

export async function postmasterOf(url: string): Promise<number | null> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const [, parent] = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${rows[0]!.pid}/status`, 'utf8')) ?? [];
    return parent === undefined ? null : Number(parent);
  } catch {
    return null;
  } finally {
    await client.end();
  }
}
