import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from '../../src/database/embedded/binaries.js';
import { freePort } from '../../src/database/embedded/embedded-server.js';

/** As a database of its own machine is configured; all else, fsync too, as Postgres has it. */
const settings = ['shared_buffers=1GB', 'min_wal_size=2GB', 'max_wal_size=8GB', 'max_connections=200'];
/** Of 16 MB each: a little less than `min_wal_size`. */
const WAL_FILES = 110;
const nobody = 65534;

/** A Postgres cluster in a new folder, for one run. */
export class BenchCluster {
  private constructor(
    readonly pid: number,
    readonly version: string,
    private readonly server: { process: ChildProcess; folder: string; port: number },
  ) {}

  static async start(more: readonly string[] = []): Promise<BenchCluster> {
    const cluster = await BenchCluster.launch(more, (folder) => [
      programs().initdb,
      ['-D', folder, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-locale'],
    ]);
    await cluster.fillWal();
    return cluster;
  }

  /** A streaming replica of this one. */
  replica(): Promise<BenchCluster> {
    const basebackup = join(dirname(programs().postgres), 'pg_basebackup');
    return BenchCluster.launch([], (folder) => [basebackup, ['-D', folder, '-d', this.url(), '-R', '-c', 'fast']]);
  }

  private static async launch(
    more: readonly string[],
    making: (folder: string) => [command: string, args: string[]],
  ): Promise<BenchCluster> {
    const { postgres, version } = programs();
    const folder = mkdtempSync(join(tmpdir(), 'roomledger-bench-'));
    const account = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
    if (account.uid !== undefined) chownSync(folder, account.uid, account.gid);
    const port = await freePort();
    const spawning = { ...account, cwd: '/' };
    const made = spawnSync(...making(folder), { ...spawning, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr || String(made.error));
    const own = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
    const options = [...own, ...settings, ...more].flatMap((setting) => ['-c', setting]);
    const server = spawn(postgres, ['-D', folder, ...options], { ...spawning, stdio: 'ignore' });
    const cluster = new BenchCluster(server.pid ?? 0, version, { process: server, folder, port });
    await cluster.accepts();
    return cluster;
  }

  url(database = 'postgres'): string {
    return `postgresql://postgres@127.0.0.1:${this.server.port}/${database}`;
  }

  /** Makes a database and answers its URL. */
  async create(database: string): Promise<string> {
    await this.run(`create database "${database}"`);
    return this.url(database);
  }

  async run(sql: string, database?: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(this.url(database));
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    const { process: server, folder } = this.server;
    const exited = once(server, 'exit');
    server.kill('SIGINT');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }

  /** As where a database has run for long: files of the WAL are written over. To make one stops all commits for 60 ms. */
  private async fillWal(): Promise<void> {
    await this.run(
      `select pg_logical_emit_message(false, '', ''), pg_switch_wal() from generate_series(1, ${WAL_FILES})`,
    );
    await this.run('checkpoint');
  }

  private async accepts(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.run('select 1');
        return;
      } catch (error) {
        if (attempt === 100) throw error;
        await pause(100);
      }
    }
  }
}

/** Debian's Postgres (15 where there are several), or the embedded one that npm installed. */
function programs(): { initdb: string; postgres: string; version: string } {
  const debian = '/usr/lib/postgresql';
  const majors = existsSync(debian) ? readdirSync(debian).sort() : [];
  const bin = majors.length > 0 ? join(debian, majors.includes('15') ? '15' : majors.at(-1)!, 'bin') : null;
  const found = bin ? { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') } : findBinaries();
  const { stdout } = spawnSync(found.postgres, ['--version'], { encoding: 'utf8', cwd: '/' });
  return { ...found, version: stdout.trim() };
}
