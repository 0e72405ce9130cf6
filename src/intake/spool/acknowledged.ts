import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How far the spool is acknowledged: what is missing before is lost; what is torn after was never acknowledged. */
export interface Mark {
  /** The number of LevelDB's newest log file, and how many bytes of it are on disk. */
  readonly log: number;
  readonly bytes: number;
  readonly next: number;
}

const NAME = 'acknowledged';
const LENGTH = 80;

export async function readMark(folder: string): Promise<Mark | null> {
  try {
    const { log, bytes, next } = JSON.parse(await readFile(join(folder, NAME), 'utf8')) as Partial<Mark>;
    return isCount(log) && isCount(bytes) && isCount(next) ? { log, bytes, next } : null;
  } catch {
    return null;
  }
}

/** Writes the mark after entries are on disk. Not synced: an older mark is true too. */
export class MarkFile {
  private constructor(
    private readonly folder: string,
    private readonly file: FileHandle,
  ) {}

  static async open(folder: string): Promise<MarkFile> {
    const name = join(folder, NAME);
    return new MarkFile(folder, await open(name, 'r+').catch(() => open(name, 'w+', 0o600)));
  }

  async write(next: number): Promise<void> {
    const log = newestLog(await readdir(this.folder));
    if (log === null) return;
    const { size } = await stat(join(this.folder, log));
    const mark: Mark = { log: Number.parseInt(log, 10), bytes: size, next };
    await this.file.write(JSON.stringify(mark).padEnd(LENGTH), 0);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function newestLog(names: readonly string[]): string | null {
  const logs = names.filter((name) => /^\d+\.log$/.test(name));
  return logs.sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))[0] ?? null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
