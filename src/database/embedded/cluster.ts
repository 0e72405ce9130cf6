import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Account } from './account.js';
import type { Binaries } from './binaries.js';
import { ClusterLock } from './cluster-lock.js';
import { CannotStart } from '../../settings/cannot-start.js';

const superuser = 'roomledger';

export function isMadeIn(dataDir: string): boolean {
  return new Cluster(dataDir).exists();
}

/** The embedded server's files. Created under another name and renamed, so that they exist whole or not at all. */
export class Cluster {
  readonly home: string;
  readonly data: string;
  readonly log: string;
  readonly lock: ClusterLock;
  private readonly passwordFile: string;

  constructor(
    private readonly dataDir: string,
    home = join(dataDir, 'postgres'),
  ) {
    this.home = home;
    this.data = join(home, 'cluster');
    this.log = join(home, 'server.log');
    this.lock = new ClusterLock(home);
    this.passwordFile = join(home, 'password');
  }

  exists(): boolean {
    return fs.existsSync(this.home);
  }

  url(port: number): string {
    return `postgresql://${superuser}:${fs.readFileSync(this.passwordFile, 'utf8').trim()}@127.0.0.1:${port}/postgres`;
  }

  /** @returns the size afterwards */
  truncateLog(longest: number): number {
    const size = fs.statSync(this.log, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= longest) return size;
    fs.truncateSync(this.log);
    return 0;
  }

  logAfter(size: number): string {
    return fs.readFileSync(this.log).subarray(size).toString();
  }

  /** @throws CannotStart unless the folder was made by these binaries' major version */
  check(binaries: Binaries): void {
    const major = readOr(join(this.data, 'PG_VERSION'), '').trim();
    const elsewhere = 'Set DATA_DIR to another folder, or DATABASE_URL to a PostgreSQL server, 15 or newer';
    if (major === '' || !fs.existsSync(this.passwordFile)) {
      throw new CannotStart(`${this.home} is no embedded Postgres of Roomledger's, or a damaged one`, elsewhere);
    }
    if (major !== String(binaries.major)) {
      throw new CannotStart(
        `${this.home} was written by PostgreSQL ${major}, and this is ${binaries.major}`,
        elsewhere,
      );
    }
  }

  /** If two processes create it at once, the first to rename wins. */
  create(binaries: Binaries, account: Account): void {
    const draft = new Cluster(this.dataDir, `${this.home}.new-${process.pid}`);
    fs.mkdirSync(draft.home, { mode: 0o700 });
    try {
      draft.initialize(binaries, account);
      fs.renameSync(draft.home, this.home);
      syncFolder(this.dataDir);
    } catch (error) {
      fs.rmSync(draft.home, { recursive: true, force: true });
      if (!this.exists()) throw error;
    }
  }

  private initialize(binaries: Binaries, account: Account): void {
    fs.writeFileSync(this.passwordFile, randomBytes(24).toString('hex'), { mode: 0o600, flush: true });
    this.giveTo(account);
    const options = [
      `--pgdata=${this.data}`,
      `--pwfile=${this.passwordFile}`,
      `--username=${superuser}`,
      '--auth=scram-sha-256',
    ];
    options.push(
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    );
    const [command, ...args] = [...account.commandPrefix, binaries.initdb, ...options] as [string, ...string[]];
    const result = spawnSync(command, args, {
      ...account.spawnOptions,
      encoding: 'utf8',
      timeout: 120_000,
      cwd: '/',
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
    if (result.status !== 0) {
      const reason =
        (result.error?.message ??
          result.stderr
            .trim()
            .split('\n')
            .find((line) => line.includes('error'))) ||
        `exit ${result.status}`;
      throw new CannotStart(`initdb could not make ${this.data} (${reason})`);
    }
  }

  /** The owner may be wrong: root may have run the server as another user, or the folder was copied here. */
  giveTo(account: Account): void {
    if (account.owner === null || process.getuid?.() !== 0) return;
    if (fs.statSync(this.home).uid === account.owner) return;
    for (const name of fs.readdirSync(this.home, { recursive: true }) as string[]) {
      fs.lchownSync(join(this.home, name), account.owner, account.owner);
    }
    fs.lchownSync(this.home, account.owner, account.owner);
  }
}

export function readOr(file: string, otherwise: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = fs.openSync(folder, 'r');
  fs.fsyncSync(handle);
  fs.closeSync(handle);
}
