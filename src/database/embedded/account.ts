import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import type { Binaries } from './binaries.js';
import { CannotStart } from '../../settings/cannot-start.js';

const nobody = 65534;

/** The user that the server runs as. Postgres refuses root. */
export interface Account {
  readonly name: string;
  /** The uid that owns the server's files; null: whoever created them. */
  readonly owner: number | null;
  /** Options for spawn. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
  /** Goes before every command. */
  readonly prefix: readonly string[];
}

const asItself: Account = { name: 'as this user', owner: null, identity: {}, prefix: [] };
const asNobody: Account = { name: 'as nobody', owner: nobody, identity: { uid: nobody, gid: nobody }, prefix: [] };
/** A user namespace: this user under another uid, with access to its own files still. */
const renamed: Account = {
  name: 'in a user namespace',
  owner: process.getuid?.() ?? null,
  identity: {},
  prefix: ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`],
};

/**
 * Finds an account that can run the server on this folder.
 * @param prepare hands the folder to the account about to be tried
 * @throws CannotStart if there is none
 */
export function chooseAccount(binaries: Binaries, folder: string, prepare: (account: Account) => void): Account {
  const reasons: string[] = [];
  for (const account of candidates()) {
    const reason = failureOf(() => prepare(account)) ?? obstacle(account, binaries, folder);
    if (reason === null) return account;
    reasons.push(`${account.name}: ${reason}`);
  }
  throw new CannotStart(`the embedded Postgres cannot run here (${reasons.join('; ')})`);
}

function candidates(): Account[] {
  if (process.getuid === undefined) return [asItself];
  if (process.getuid() === 0) return [asNobody, renamed];
  return hasName() ? [asItself] : [renamed];
}

/** initdb refuses a user who is not in /etc/passwd. */
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
  // `cd` in a shell, with the account's rights: spawn's own cwd option uses this process's.
  if (process.platform !== 'win32') probe.unshift('/bin/sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', folder);
  const [command, ...args] = [...account.prefix, ...probe] as [string, ...string[]];
  const result = spawnSync(command, args, { ...account.identity, encoding: 'utf8', timeout: 10_000, cwd: '/' });
  if (result.status === 0) return null;
  return (result.error?.message ?? result.stderr.trim().split('\n').at(-1)) || `exit ${result.status}`;
}
