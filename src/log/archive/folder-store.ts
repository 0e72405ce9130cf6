import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** On the disk before it has its name. */
export class FolderStore {
  constructor(private readonly folder: string) {}

  async write(name: string, content: AsyncIterable<Buffer>): Promise<void> {
    const path = join(this.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(content, createWriteStream(`${path}.writing`, { flush: true }));
    await rename(`${path}.writing`, path);
    const folder = await open(dirname(path), 'r');
    await folder.sync().finally(() => folder.close());
  }

  read(name: string): Promise<AsyncIterable<Buffer> | null> {
    const path = join(this.folder, name);
    return Promise.resolve(existsSync(path) ? createReadStream(path) : null);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
  }

  placeOf(name: string): string {
    return join(this.folder, name);
  }
}
