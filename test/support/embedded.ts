import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { EmbeddedServer } from '../../src/database/embedded/embedded-server.js';

/** An empty folder, removed after the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'roomledger-embedded-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let made: string | null = null;

/** A folder in which a server ran and was stopped. */
export async function usedFolder(): Promise<string> {
  if (made === null) {
    made = mkdtempSync(join(inject('scratch'), 'used-'));
    await (await EmbeddedServer.start(made)).stop();
  }
  const folder = emptyFolder();
  spawnSync('cp', ['-a', join(made, 'postgres'), folder]);
  return folder;
}

/** Stopped after the test. */
export async function start(folder: string): Promise<EmbeddedServer> {
  const server = await EmbeddedServer.start(folder);
  onTestFinished(() => server.stop());
  return server;
}

export interface Starter {
  readonly process: ChildProcess;
  /** What came of it: the server's URL, or the sentence that refused it. */
  readonly outcome: Promise<{ url?: string; error?: string }>;
  /** Ends it well. */
  end(): Promise<void>;
  /** Ends it with kill -9. */
  kill(): Promise<void>;
}

/** A process that starts a server on the folder. */
export function startApart(folder: string, env: NodeJS.ProcessEnv = process.env): Starter {
  const command = ['test/support/embedded-process.mjs', folder];
  const child = spawn(process.execPath, command, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit').then(() => undefined);
  const outcome = once(createInterface(child.stdout), 'line').then(
    ([line]) => JSON.parse(line as string) as { url?: string; error?: string },
  );
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return exited;
  };
  onTestFinished(kill);
  const end = (): Promise<void> => {
    child.stdin.end();
    return exited;
  };
  return { process: child, outcome, end, kill };
}

/** Every process whose command line names the folder: the server, its children and its watchdog. */
export function processesOn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => readOr(`/proc/${pid}/cmdline`).includes(folder))
    .map(Number);
}

/** The postmaster's number, and those of its children. */
export function serverProcesses(folder: string): number[] {
  const postmaster = Number(readOr(join(folder, 'postgres/cluster/postmaster.pid')).split('\n')[0]);
  const children = readOr(`/proc/${postmaster}/task/${postmaster}/children`)
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
  return [postmaster, ...children];
}

/** kill -9; one takes others with it. */
export function killAll(pids: Iterable<number>): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
