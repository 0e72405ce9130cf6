import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotStart } from '../../settings/cannot-start.js';
import type { Mark } from './acknowledged.js';
import { soundness } from './leveldb-log.js';
import { isSoundTable } from './leveldb-table.js';

const REMEDY = 'Restore the folder from a copy, or move it away and start without the events that it holds';

/**
 * Must run before LevelDB opens the folder, because LevelDB deletes what it cannot read.
 * @throws CannotStart if acknowledged files are missing or damaged
 */
export async function refuseDamage(folder: string, mark: Mark | null): Promise<void> {
  const names = await readdir(folder);
  const files = names.filter((name) => /^\d+\.(?:log|ldb|sst)$/.test(name));
  if (files.length > 0 && !names.includes('CURRENT')) throw damaged(folder, 'its file CURRENT is missing');
  for (const name of files) {
    // Another process may have the spool open and delete files.
    const bytes = await readFile(join(folder, name)).catch(() => null);
    if (bytes === null) continue;
    const isSound = name.endsWith('.log') ? isSoundLog(bytes, acknowledgedOf(name, mark)) : isSoundTable(bytes);
    if (!isSound) throw damaged(folder, `its file ${name} is not as it was written`);
  }
}

export function damaged(folder: string, reason: string): CannotStart {
  return new CannotStart(`the spool in ${folder} is damaged: ${reason}`, REMEDY);
}

/** Acknowledged bytes of a log file; null if all of them are. */
function acknowledgedOf(name: string, mark: Mark | null): number | null {
  if (mark === null) return null;
  const log = Number.parseInt(name, 10);
  if (log === mark.log) return mark.bytes;
  return log < mark.log ? null : 0;
}

/** Whether the acknowledged part is intact. A log that is only cut short is sound: the gap in the numbers tells. */
function isSoundLog(bytes: Buffer, acknowledged: number | null): boolean {
  const { end, after } = soundness(bytes);
  if (after === 'nothing' || end >= (acknowledged ?? Infinity)) return true;
  return after === 'torn' && bytes.length < (acknowledged ?? Infinity);
}
