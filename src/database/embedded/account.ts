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
  readonly spawnOptions: { readonly uid?: number; readonly gid?: number };
  readonly commandPrefix: readonly string[];
}

const asItself: Account = { name: 'as this user', owner: null, spawnOptions: {}, commandPrefix: [] };
const asNobody: Account = {
  name: 'as nobody',
  owner: nobody,
  spawnOptions: { uid: nobody, gid: nobody },
  commandPrefix: [],
};
/** In a user namespace this user has another uid, and still reaches its own files. */
const asRenumbered: Account = {
  name: 'in a user namespace',
  owner: process.getuid?.() ?? null,
  spawnOptions: {},
  commandPrefix: ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`],
};

/**
 * @param prepare hands the folder to the account about to be tried
 * @throws CannotStart if no account can run the server on this folder
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
  if (process.getuid() === 0) return [asNobody, asRenumbered];
  return hasName() ? [asItself] : [asRenumbered];
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
  const [command, ...args] = [...account.commandPrefix, ...probe] as [string, ...string[]];
  const result = spawnSync(command, args, { ...account.spawnOptions, encoding: 'utf8', timeout: 10_000, cwd: '/' });
  if (result.status === 0) return null;
  return (result.error?.message ?? result.stderr.trim().split('\n').at(-1)) || `exit ${result.status}`;
}
