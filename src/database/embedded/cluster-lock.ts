import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The exit code of a command that did not run because the lock is held. */
export const busy = 75;

const flock = ['flock', '--nonblock', `--conflict-exit-code=${busy}`];

/** Held by every process of a cluster's server. Unlike a pid it works across containers; it needs flock(1). */
export class ClusterLock {
  private readonly file: string;

  constructor(home: string) {
    this.file = join(home, 'lock');
  }

  isHeld(): boolean {
    return run([...flock, this.file, 'true']) === busy;
  }

  /** Wraps a command: it and its children hold the lock; if the lock is held already, it exits with `busy`. */
  around(command: readonly string[]): string[] {
    return run(['flock', '--version']) === 0 ? [...flock, '--no-fork', this.file, ...command] : [...command];
  }
}

function run([command = '', ...args]: readonly string[]): number | null {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 5_000 }).status;
}
