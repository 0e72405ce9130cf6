import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { checksum, type Unreadable } from './spool-entry.js';

export class SetAside {
  private readonly logger = new Logger('Spool');
  private readonly told = new Set<string>();

  private constructor(
    private readonly folder: string,
    private readonly names: Set<string>,
  ) {}

  static async open(spoolFolder: string): Promise<SetAside> {
    const folder = join(spoolFolder, 'set-aside');
    return new SetAside(folder, new Set(await readdir(folder).catch(() => [])));
  }

  get count(): number {
    return this.names.size;
  }

  /** @returns whether it is on disk; if not, keep the entry */
  async keep({ key, value, reason }: Unreadable): Promise<boolean> {
    const name = `${key.replace(/[^\w-]/g, '_').slice(0, 100)}-${checksum(key, value)}`;
    if (!this.told.has(name)) {
      this.logger.error(`The spool's entry ${name} cannot be read, and is set aside in ${this.folder}: ${reason}.`);
    }
    this.told.add(name);
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const file = await open(join(this.folder, name), 'w', 0o600);
      await file
        .writeFile(value)
        .then(() => file.sync())
        .finally(() => file.close());
    } catch {
      return false;
    }
    this.names.add(name);
    return true;
  }
}
