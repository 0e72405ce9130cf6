import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotStart } from '../../settings/cannot-start.js';
import { damaged } from './damage.js';

/** LevelDB needs this much to reopen: otherwise a full disk could not even be drained. */
const RESERVE_BYTES = 16 * 1024 * 1024;
const TRIAL_BYTES = 1024 * 1024;

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Whether the disk has room for `bytes` and for LevelDB's own needs. */
export async function hasRoomFor(folder: string, bytes: number): Promise<boolean> {
  const disk = await statfs(folder).catch(() => null);
  return disk !== null && disk.bavail * disk.bsize > RESERVE_BYTES + bytes;
}

export async function takesFiles(folder: string): Promise<boolean> {
  const trial = join(folder, 'trial');
  try {
    const file = await open(trial, 'w');
    await file
      .writeFile(Buffer.alloc(TRIAL_BYTES))
      .then(() => file.sync())
      .finally(() => file.close());
    return await hasRoomFor(folder, 0);
  } catch {
    return false;
  } finally {
    await rm(trial, { force: true }).catch(() => undefined);
  }
}

/** The cause's message: LevelDB's own only says that something failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Every other failure to open needs the operator; a full disk may empty by itself. */
export function isFullDisk(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOSPC' || code === 'EDQUOT' || /no space left|quota exceeded/i.test(reasonOf(error));
}

export function cannotOpen(folder: string, error: unknown): CannotStart {
  if (error instanceof CannotStart) return error;
  const code = codeOf(error instanceof Error && error.cause ? error.cause : error);
  if (code === 'LEVEL_LOCKED') {
    return new CannotStart(
      `the spool in ${folder} is in use by another process`,
      'Give each one a SPOOL_DIR of its own',
    );
  }
  if (code === 'LEVEL_CORRUPTION' || /no such file/i.test(reasonOf(error))) {
    return damaged(folder, reasonOf(error));
  }
  return new CannotStart(`the spool in ${folder} cannot be opened (${reasonOf(error)})`, 'Check SPOOL_DIR');
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
