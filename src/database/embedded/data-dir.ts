import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { chooseAccount, type Account } from './account.js';
import type { Binaries } from './binaries.js';
import { pidExists } from './postmaster.js';
import { CannotStart } from '../../settings/cannot-start.js';

/** @returns the account that will run the server. Makes the folder private to it, unless other files are in it. */
export function openDataDir(folder: string, binaries: Binaries): Account {
  try {
    return open(folder, binaries);
  } catch (error) {
    if (error instanceof CannotStart) throw error;
    throw new CannotStart(
      `DATA_DIR ${folder} cannot be used (${(error as Error).message})`,
      'Set DATA_DIR to another folder, or DATABASE_URL',
    );
  }
}

function open(folder: string, binaries: Binaries): Account {
  fs.mkdirSync(dirname(folder), { recursive: true });
  if (!fs.existsSync(folder)) fs.mkdirSync(folder, { mode: 0o700 });
  const content = fs.readdirSync(folder);
  if (content.includes('PG_VERSION')) {
    throw new CannotStart(
      `DATA_DIR ${folder} is another Postgres server's folder`,
      'Set DATA_DIR to another folder, or DATABASE_URL',
    );
  }
  // A spool may be there already, from a run with DATABASE_URL.
  const ours = fs.existsSync(join(folder, 'postgres', 'cluster')) || content.every((name) => name === 'spool');
  return chooseAccount(binaries, folder, (account) => {
    if (ours) takeOver(folder, account);
  });
}

function takeOver(folder: string, account: Account): void {
  const before = fs.statSync(folder);
  if ((before.mode & 0o777) !== 0o700) fs.chmodSync(folder, 0o700);
  if (account.owner !== null && process.getuid?.() === 0) fs.chownSync(folder, account.owner, account.owner);
}

/** Removes half-made folders of killed processes, one of which may have had this process's pid. */
export function sweepDrafts(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const pid = Number(/^postgres\.new-(\d+)$/.exec(name)?.[1]);
    if (pid === process.pid || (pid > 0 && !pidExists(pid))) sweep(join(folder, name));
  }
}

function sweep(draft: string): void {
  try {
    fs.rmSync(draft, { recursive: true, force: true });
  } catch {
    // The killed process's initdb may still write; a later start removes it.
  }
}
