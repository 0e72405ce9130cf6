import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotStart } from '../../settings/cannot-start.js';

/** LevelDB needs this much to reopen: otherwise a full disk could not even be drained. */
const RESERVE_BYTES = 16 * 1024 * 1024;
const TRIAL_BYTES = 1024 * 1024;

/** @throws CannotStart */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw new CannotStart(`the spool cannot be in ${folder} (${error.message})`, 'Check SPOOL_DIR');
  });
}

export async function hasReserve(folder: string): Promise<boolean> {
  const disk = await statfs(folder).catch(() => null);
  return disk !== null && disk.bavail * disk.bsize > RESERVE_BYTES;
}

export async function takesFiles(folder: string): Promise<boolean> {
  const trial = join(folder, 'trial');
  try {
    const file = await open(trial, 'w');
    await file
      .writeFile(Buffer.alloc(TRIAL_BYTES))
      .then(() => file.sync())
      .finally(() => file.close());
    return await hasReserve(folder);
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

/** @throws CannotStart for what only the operator can fix */
export function refuseToOpen(folder: string, error: unknown): void {
  const code =
    error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause.code : null;
  if (code === 'LEVEL_LOCKED') {
    throw new CannotStart(
      `the spool in ${folder} is in use by another process`,
      'Give each one a SPOOL_DIR of its own',
    );
  }
  if (code === 'LEVEL_CORRUPTION' || /permission denied|not a directory/i.test(reasonOf(error))) {
    throw new CannotStart(`the spool in ${folder} cannot be opened (${reasonOf(error)})`, 'Check SPOOL_DIR');
  }
}
