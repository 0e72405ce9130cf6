import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOr } from './cluster.js';

/** A live server on a data directory, as its postmaster.pid names it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** No process has this number, on any system. */
const noProcess = 999_999_999;

/** What postmaster.pid says, or null where no server of this directory lives. */
export function findPostmaster(data: string): Postmaster | null {
  const [pid, , , port] = readOr(join(data, 'postmaster.pid'), '').split('\n');
  const found = { pid: Number(pid), port: Number(port) };
  return found.pid > 0 && serves(found.pid, data) ? found : null;
}

/**
 * A dead server's number may since belong to a zombie or to a stranger, and Postgres would refuse to start.
 * The rest of the file stays: by it Postgres sees whether backends of the dead one still live.
 */
export function disownDeadPostmaster(data: string): void {
  const file = join(data, 'postmaster.pid');
  const text = readOr(file, '');
  const pid = Number.parseInt(text, 10);
  if (pid > 0 && isProcess(pid) && !serves(pid, data)) writeFileSync(file, text.replace(/^\d+/, String(noProcess)));
}

/** Zombies have no command line. */
function serves(pid: number, data: string): boolean {
  if (!isProcess(pid)) return false;
  if (process.platform === 'linux') return commandLine(pid).split('\0').includes(data);
  if (process.platform === 'win32') return true;
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(data);
}

/** Zombies are. */
export function isProcess(pid: number): boolean {
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
