import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readOr } from './cluster.js';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

const impossiblePid = 999_999_999;

/** The server named in postmaster.pid; null unless it lives and serves this directory. */
export function findPostmaster(data: string): Postmaster | null {
  const { pid, named, port } = readLockFile(data);
  return pid > 0 && serves(pid, data, named) ? { pid, port } : null;
}

/**
 * Postgres refuses to start while the pid in postmaster.pid exists, even if it now belongs to a zombie or another
 * program. Replaces only the pid: by the other lines Postgres finds living backends of the dead server.
 */
export function disownDeadPostmaster(data: string): void {
  const { text, pid, named } = readLockFile(data);
  if (!(pid > 0) || !pidExists(pid) || serves(pid, data, named)) return;
  writeFileSync(join(data, 'postmaster.pid'), text.replace(/^\d+/, String(impossiblePid)));
}

function readLockFile(data: string): { text: string; pid: number; named: string; port: number } {
  const text = readOr(join(data, 'postmaster.pid'), '');
  const [pid = '', named = '', , port] = text.split('\n');
  return { text, pid: Number.parseInt(pid, 10), named, port: Number(port) };
}

/** False for zombies, which have no command line. */
function serves(pid: number, data: string, named: string): boolean {
  if (!pidExists(pid)) return false;
  if (process.platform === 'win32') return true;
  if (process.platform === 'linux') {
    const words = commandLine(pid).split('\0');
    return (words.includes(named) && isSame(named, data)) || (isServer(words[0]) && isSame(`/proc/${pid}/cwd`, data));
  }
  const command = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  return command.includes(named) && isSame(named, data);
}

/** A server's working directory is its data directory. */
function isServer(program = ''): boolean {
  return /^(?:postgres|postmaster)\b/.test(basename(program));
}

/** Whether both paths lead to one folder: through links, `..` or another mount. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => folderOf(path));
  return one !== undefined && one === other;
}

function folderOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}

export function pidExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
