import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotStart } from '../../settings/cannot-start.js';
import type { Mark } from './acknowledged.js';
import { soundness } from './leveldb-log.js';

const REMEDY = 'Restore the folder from a copy, or move it away and start without the events that it holds';

/**
 * Must come before LevelDB opens the folder, and deletes what it cannot read.
 * @throws CannotStart when files are missing, or not as they were acknowledged
 */
export async function refuseDamage(folder: string, mark: Mark | null): Promise<void> {
  const names = await readdir(folder);
  const files = names.filter((name) => /^\d+\.(?:log|ldb|sst)$/.test(name));
  if (files.length > 0 && !names.includes('CURRENT')) throw damaged(folder, 'its file CURRENT is missing');
  for (const name of files.filter((file) => file.endsWith('.log'))) {
    // A process that has the spool open deletes what it no longer needs.
    const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
    const at = damageIn(bytes, acknowledgedOf(name, mark));
    if (at !== null) throw damaged(folder, `its file ${name} is not as it was written, from byte ${at} on`);
  }
}

export function damaged(folder: string, reason: string): CannotStart {
  return new CannotStart(`the spool in ${folder} is damaged: ${reason}`, REMEDY);
}

/** How many bytes of a log are acknowledged; null: all that it holds. */
function acknowledgedOf(name: string, mark: Mark | null): number | null {
  if (mark === null) return null;
  const log = Number.parseInt(name, 10);
  if (log === mark.log) return mark.bytes;
  return log < mark.log ? null : 0;
}

/** Where an acknowledged record is not as it was written. What is cut off is missing from the numbers instead. */
function damageIn(bytes: Buffer, acknowledged: number | null): number | null {
  const { end, then } = soundness(bytes);
  if (then === 'nothing' || end >= (acknowledged ?? Infinity)) return null;
  const isCut = then === 'torn' && bytes.length < (acknowledged ?? Infinity);
  return isCut ? null : end;
}
