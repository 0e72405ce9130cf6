import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
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

/** A primary and its streaming replicas, ended after the test. */
export async function startCluster(standbys: number): Promise<Cluster> {
  const folder = emptyFolder();
  if (asNobody.uid) chownSync(folder, nobody, nobody);
  const ports = await Promise.all(Array.from({ length: standbys + 1 }, freePort));
  const data = ports.map((_, at) => join(folder, String(at)));
  const options = ['-D', data[0]!, '-U', 'roomledger', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  const made = spawnSync(join(programs(), 'initdb'), options, { ...asNobody, cwd: '/', encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const streamed = [`primary_conninfo=host=127.0.0.1 port=${ports[0]} user=roomledger`];
  const servers = data.map((path, at) => new PostgresServer(path, ports[at]!, at > 0 ? streamed : []));
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.kill()))));
  for (const path of data.slice(1)) copyStopped(data[0]!, path);
  for (const server of servers) await server.start();
  return { primary: servers[0]!, standbys: servers.slice(1) };
}

function copyStopped(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  writeFileSync(join(to, 'standby.signal'), '');
  if (asNobody.uid === undefined) return;
  for (const name of readdirSync(to, { recursive: true }) as string[]) chownSync(join(to, name), nobody, nobody);
  chownSync(to, nobody, nobody);
}
