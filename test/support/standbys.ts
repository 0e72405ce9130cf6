import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, onTestFinished } from 'vitest';
import { findBinaries } from '../../src/database/embedded/binaries.js';
import { freePort } from '../../src/database/embedded/embedded-server.js';
import { emptyFolder, killAll, query } from './embedded.js';

const nobody = 65534;
const asNobody = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'wal_keep_size=512MB'];

/** The folder of the server's programs: `POSTGRES_BIN`, or the embedded ones. */
function programs(): string {
  return process.env['POSTGRES_BIN'] ?? dirname(findBinaries().postgres);
}

/** Whether a cluster can run here; tests of replicas are skipped elsewhere. */
export const hasServers = process.platform === 'linux' && existsSync(programsOr(''));

function programsOr(none: string): string {
  try {
    return programs();
  } catch {
    return none;
  }
}

export class PostgresServer {
  private process: ChildProcess | null = null;

  constructor(
    readonly data: string,
    private readonly port: number,
    private readonly own: readonly string[] = [],
  ) {}

  get url(): string {
    return `postgresql://roomledger@127.0.0.1:${this.port}/postgres`;
  }

  query(sql: string): Promise<Record<string, unknown>[]> {
    return query(this.url, sql);
  }

  async start(): Promise<this> {
    const all = [`port=${this.port}`, ...settings, ...this.own].flatMap((setting) => ['-c', setting]);
    const options = { ...asNobody, cwd: '/', env: { LC_ALL: 'C' }, stdio: 'ignore' } as const;
    const started = (this.process = spawn(join(programs(), 'postgres'), ['-D', this.data, ...all], options));
    while (!(await this.answers())) {
      if (started.exitCode !== null) throw new Error(`the server on ${this.data} does not start`);
      await pause(20);
    }
    return this;
  }

  async stop(): Promise<void> {
    await this.end((postmaster) => postmaster.kill('SIGINT'));
  }

  /** kill -9 of all its processes. */
  async kill(): Promise<void> {
    await this.end(() => killAll(this.pids()));
  }

  /** Until it is thawed it answers nothing, and closes nothing. */
  freeze(): void {
    for (const pid of this.pids()) process.kill(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.pids()) process.kill(pid, 'SIGCONT');
  }

  private async end(how: (postmaster: ChildProcess) => void): Promise<void> {
    const { process: ending } = this;
    this.process = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    this.process = ending;
    how(ending);
    this.process = null;
    await exited;
  }

  private pids(): number[] {
    const pid = this.process!.pid!;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return [pid, ...children.filter(Boolean).map(Number)];
  }

  private async answers(): Promise<boolean> {
    return this.query('select').then(
      () => true,
      () => false,
    );
  }
}

export interface Cluster {
  readonly primary: PostgresServer;
  readonly standbys: readonly PostgresServer[];
}

let made: string | null = null;
afterAll(() => {
  if (made !== null) rmSync(made, { recursive: true, force: true });
  made = null;
});

function makeCluster(data: string): void {
  const options = ['-D', data, '-U', 'roomledger', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const { status, stderr } = spawnSync(join(programs(), 'initdb'), options, { ...asNobody, cwd: '/' });
  if (status !== 0) throw new Error(`initdb: ${String(stderr)}`);
}

function ownFolder(folder: string): string {
  if (asNobody.uid) chownSync(folder, nobody, nobody);
  return folder;
}

/** An empty cluster, made once. */
function emptyCluster(): string {
  if (made !== null) return join(made, 'cluster');
  made = ownFolder(mkdtempSync(join(tmpdir(), 'roomledger-standbys-')));
  makeCluster(join(made, 'cluster'));
  return join(made, 'cluster');
}

/** A primary and its streaming replicas, ended after the test; all have one system identifier unless `apart`. */
export async function startCluster(standbys: number, { apart = false } = {}): Promise<Cluster> {
  const folder = ownFolder(emptyFolder());
  const empty = apart ? join(folder, 'empty') : emptyCluster();
  if (apart) makeCluster(empty);
  const ports = await Promise.all(Array.from({ length: standbys + 1 }, freePort));
  const streamed = [`primary_conninfo=host=127.0.0.1 port=${ports[0]} user=roomledger`];
  const servers = ports.map((port, at) => {
    const data = join(folder, String(at));
    spawnSync('cp', ['-a', empty, data]);
    if (at > 0) closeSync(openSync(join(data, 'standby.signal'), 'w', 0o666));
    return new PostgresServer(data, port, at > 0 ? streamed : []);
  });
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.kill()))));
  for (const server of servers) await server.start();
  return { primary: servers[0]!, standbys: servers.slice(1) };
}
