import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import type { Binaries } from './binaries.js';
import { DatabaseUnavailable } from '../unavailable.js';

const nobody = 65534;

/** Whose rights the server runs with: Postgres refuses root's. */
export interface Account {
  readonly name: string;
  /** Whom the server's files belong to; null: whoever made them. */
  readonly owner: number | null;
  /** For spawn: the user to become. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
  /** What the command line begins with. */
  readonly prefix: readonly string[];
}

const asItself: Account = { name: 'as this user', owner: null, identity: {}, prefix: [] };
const asNobody: Account = { name: 'as nobody', owner: nobody, identity: { uid: nobody, gid: nobody }, prefix: [] };
/** A namespace where this very user bears another number, and still reaches what only it may. */
const renamed: Account = {
  name: 'in a user namespace',
  owner: process.getuid?.() ?? null,
  identity: {},
  prefix: ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`],
};

/**
 * @param prepare gives the data folder to the account that is tried next
 * @throws DatabaseUnavailable where no account can run the server on this folder
 */
export function chooseAccount(binaries: Binaries, folder: string, prepare: (account: Account) => void): Account {
  const reasons: string[] = [];
  for (const account of candidates()) {
    const reason = failureOf(() => prepare(account)) ?? obstacle(account, binaries, folder);
    if (reason === null) return account;
    reasons.push(`${account.name}: ${reason}`);
  }
  throw new DatabaseUnavailable(`the embedded Postgres cannot run here (${reasons.join('; ')})`);
}

function candidates(): Account[] {
  if (process.getuid === undefined) return [asItself];
  if (process.getuid() === 0) return [asNobody, renamed];
  return hasName() ? [asItself] : [renamed];
}

/** initdb wants its user in /etc/passwd. */
function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

function failureOf(step: () => void): string | null {
  try {
    step();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function obstacle(account: Account, binaries: Binaries, folder: string): string | null {
  const probe = [binaries.postgres, '--version'];
  // Inside a shell: Node itself would change the folder with its own rights.
  if (process.platform !== 'win32') probe.unshift('/bin/sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', folder);
  const [command, ...args] = [...account.prefix, ...probe] as [string, ...string[]];
  const result = spawnSync(command, args, { ...account.identity, encoding: 'utf8', timeout: 10_000, cwd: '/' });
  if (result.status === 0) return null;
  return (result.error?.message ?? result.stderr.trim().split('\n').at(-1)) || `exit ${result.status}`;
}
