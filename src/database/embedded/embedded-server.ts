import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Account } from './account.js';
import { findBinaries, type Binaries } from './binaries.js';
import { busy } from './cluster-lock.js';
import { Cluster } from './cluster.js';
import { openDataDir, sweepDrafts } from './data-dir.js';
import { claim } from './ownership.js';
import { findPostmaster } from './postmaster.js';
import { waitForExclusiveUse } from './exclusive-use.js';
import { CannotStart } from '../../settings/cannot-start.js';
import { spawnWatched } from './watchdog.js';

const startTimeout = 120_000;
const stopTimeout = 60_000;
const longestLog = 1024 * 1024;
const pause = 25;
/** Another process started first, a dead server's children still run, or the free port was taken meanwhile. */
const worthRetrying = /lock file \S+ already exists|shared memory block|could not bind/;

export interface EmbeddedOptions {
  readonly settings?: readonly string[];
  readonly log?: (message: string) => void;
}

interface Installation {
  readonly binaries: Binaries;
  readonly account: Account;
  readonly cluster: Cluster;
}

/** A Postgres server that lives as long as this process and is restarted when it dies. */
export class EmbeddedServer {
  private port = 0;
  private readonly name = `${process.pid} ${randomUUID()}`;
  private watchdog: ChildProcess | null = null;
  private owner: pg.Client | null = null;
  private stopping = false;

  private constructor(
    private readonly installation: Installation,
    private readonly options: EmbeddedOptions,
  ) {}

  /** @throws CannotStart if it cannot run here, or the folder is in use, not ours, or damaged */
  static async start(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
    const folder = resolve(dataDir);
    const binaries = findBinaries();
    const account = openDataDir(folder, binaries);
    sweepDrafts(folder);
    const cluster = new Cluster(folder);
    if (!cluster.exists()) cluster.create(binaries, account);
    cluster.check(binaries);
    const server = new EmbeddedServer({ binaries, account, cluster }, options);
    await server.run();
    return server;
  }

  /** Contains the password. Stays the same across restarts. */
  get url(): string {
    return this.installation.cluster.url(this.port);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.owner?.end().catch(() => undefined);
    const watchdog = this.watchdog;
    if (watchdog === null || hasExited(watchdog)) return;
    watchdog.ref();
    const exited = once(watchdog, 'exit');
    watchdog.stdin?.end();
    await Promise.race([exited, delay(stopTimeout, undefined, { ref: false })]);
  }

  private async run(): Promise<void> {
    const deadline = Date.now() + startTimeout;
    for (;;) {
      await waitForExclusiveUse(this.installation.cluster, this.name, deadline);
      this.installation.cluster.giveTo(this.installation.account);
      if (this.owner === null) this.port = await freePort();
      if (await this.launch(deadline)) return;
    }
  }

  /** @returns false if the attempt is worth repeating */
  private async launch(deadline: number): Promise<boolean> {
    const { cluster } = this.installation;
    const logged = cluster.truncateLog(longestLog);
    const watchdog = this.spawn();
    while (!hasExited(watchdog) && !this.stopping && Date.now() < deadline) {
      const held = await claim(this.url, this.name).catch(() => null);
      if (held !== null) return this.adopt(watchdog, held);
      await delay(pause);
    }
    watchdog.stdin?.end();
    const output = cluster.logAfter(logged);
    const retry = watchdog.exitCode === busy || findPostmaster(cluster.data) !== null || worthRetrying.test(output);
    if (retry && !this.stopping && Date.now() < deadline) return false;
    throw new CannotStart(`the embedded Postgres in ${cluster.home} does not start (${reasonIn(output)})`);
  }

  private spawn(): ChildProcess {
    const { binaries, cluster, account } = this.installation;
    const settings = [
      `port=${this.port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'timezone=UTC',
      'log_timezone=UTC',
    ];
    // Keep statements and row values out of the log.
    settings.push(
      'log_min_messages=log',
      'log_error_verbosity=terse',
      'log_checkpoints=off',
      ...(this.options.settings ?? []),
    );
    const command = [binaries.postgres, '-D', cluster.data, ...settings.flatMap((setting) => ['-c', setting])];
    const log = fs.openSync(cluster.log, 'a', 0o600);
    try {
      return spawnWatched(cluster.lock.around(command), account, log);
    } finally {
      fs.closeSync(log);
    }
  }

  private adopt(watchdog: ChildProcess, owner: pg.Client): true {
    this.watchdog = watchdog;
    this.owner = owner;
    watchdog.unref();
    watchdog.once('exit', () => void this.restart());
    owner.once('end', () => void this.reclaim());
    return true;
  }

  /** Claims the server again: when one backend crashes, Postgres drops every connection and goes on. */
  private async reclaim(): Promise<void> {
    while (!this.stopping && this.watchdog !== null && !hasExited(this.watchdog)) {
      const owner = await claim(this.url, this.name).catch(() => null);
      if (owner !== null) {
        this.owner = owner;
        owner.once('end', () => void this.reclaim());
        return;
      }
      await delay(pause, undefined, { ref: false });
    }
  }

  private async restart(): Promise<void> {
    while (!this.stopping) {
      this.options.log?.('The embedded Postgres died and is started again.');
      try {
        return await this.run();
      } catch (error) {
        this.options.log?.((error as Error).message);
        await delay(5_000, undefined, { ref: false });
      }
    }
  }
}

function hasExited(process: ChildProcess): boolean {
  return process.exitCode !== null || process.signalCode !== null;
}

function reasonIn(log: string): string {
  const lines = log.trim().split('\n');
  const last = lines.find((line) => /(FATAL|PANIC):/.test(line)) ?? lines.at(-1);
  return last?.replace(/^.*(FATAL|PANIC):\s*/, '') || 'without a word';
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
