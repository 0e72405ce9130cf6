import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 50;
/** In a read-only folder the lock has nothing to guard. */
const readOnly = ['EACCES', 'EPERM', 'EROFS'];

/**
 * Waits until no other process holds the folder. The lock is the file of the greatest number, which names its holder;
 * the next holder adds one, so that of several who find a dead holder one alone follows it.
 * @returns releases it; the end of this process does too
 */
export async function lock(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    for (;;) {
      const mine = follow(folder);
      if (mine !== null) return () => writeFileSync(mine, '');
      await pause(PAUSE_MS);
    }
  } catch (error) {
    if (readOnly.includes(error.code)) return () => undefined;
    throw error;
  }
}

/** @returns the file that holds the lock; null: another does */
function follow(folder) {
  const last = lastIn(folder);
  if (last > 0 && isHeld(nameOf(folder, last))) return null;
  const mine = last + 1;
  if (!claim(folder, mine) || lastIn(folder) !== mine) return null;
  for (const number of numbersIn(folder)) if (number < mine) rmSync(nameOf(folder, number), { force: true });
  return nameOf(folder, mine);
}

/** The file is there with its content, or not at all. */
function claim(folder, number) {
  const draft = join(folder, `draft-${process.pid}`);
  writeFileSync(draft, JSON.stringify(self()));
  try {
    linkSync(draft, nameOf(folder, number));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function isHeld(file) {
  try {
    const { pid, began } = JSON.parse(readFileSync(file, 'utf8'));
    process.kill(pid, 0);
    return beginningOf(pid) === began;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const self = () => ({ pid: process.pid, began: beginningOf(process.pid) });

/** Start time of a process, to notice a reused pid; null for a zombie, or without /proc. */
function beginningOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? null : fields[19];
  } catch {
    return null;
  }
}

const nameOf = (folder, number) => join(folder, `lock-${number}`);

const lastIn = (folder) => Math.max(0, ...numbersIn(folder));

function numbersIn(folder) {
  return readdirSync(folder).flatMap((name) => Number(/^lock-(\d+)$/.exec(name)?.[1] ?? []) || []);
}
