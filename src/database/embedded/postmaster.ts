import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOr } from './cluster.js';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

const impossiblePid = 999_999_999;

/** The server named in postmaster.pid; null unless it lives and serves this directory. */
export function findPostmaster(data: string): Postmaster | null {
  const [pid, , , port] = readOr(join(data, 'postmaster.pid'), '').split('\n');
  const found = { pid: Number(pid), port: Number(port) };
  return found.pid > 0 && serves(found.pid, data) ? found : null;
}

/**
 * Postgres refuses to start while the pid in postmaster.pid exists, even if it now belongs to a zombie or another
 * program. Replaces only the pid: by the other lines Postgres finds living backends of the dead server.
 */
export function disownDeadPostmaster(data: string): void {
  const file = join(data, 'postmaster.pid');
  const text = readOr(file, '');
  const pid = Number.parseInt(text, 10);
  if (pid > 0 && pidExists(pid) && !serves(pid, data)) writeFileSync(file, text.replace(/^\d+/, String(impossiblePid)));
}

/** False for zombies, which have no command line. */
function serves(pid: number, data: string): boolean {
  if (!pidExists(pid)) return false;
  if (process.platform === 'linux') return commandLine(pid).split('\0').includes(data);
  if (process.platform === 'win32') return true;
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(data);
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
