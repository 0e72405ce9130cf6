import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a command ends with that was not begun, because the lock is held. */
export const busy = 75;

const flock = ['flock', '--nonblock', `--conflict-exit-code=${busy}`];

/**
 * The kernel's lock on a cluster, held by each process of its server until the last is gone: it tells across
 * containers too, where no pid does. Where flock(1) is missing, Postgres's own check must do.
 */
export class ClusterLock {
  private readonly file: string;

  constructor(home: string) {
    this.file = join(home, 'lock');
  }

  isHeld(): boolean {
    return run([...flock, this.file, 'true']) === busy;
  }

  /** The command, holding the lock for as long as it and its children live; ends at once where it is held. */
  around(command: readonly string[]): string[] {
    return run(['flock', '--version']) === 0 ? [...flock, '--no-fork', this.file, ...command] : [...command];
  }
}

function run([command = '', ...args]: readonly string[]): number | null {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 5_000 }).status;
}
