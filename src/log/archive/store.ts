import type { Archive } from '../../settings/archive.js';
import { FolderStore } from './folder-store.js';

export interface ArchiveStore {
  /** Whole or not at all; replaces what has the name. */
  write(name: string, content: AsyncIterable<Buffer>): Promise<void>;
  /** Null: there is none. */
  read(name: string): Promise<AsyncIterable<Buffer> | null>;
  remove(name: string): Promise<void>;
  placeOf(name: string): string;
}

/** Null: there is no archive. The AWS SDK is loaded only for a bucket. */
export async function openStore(archive: Archive): Promise<ArchiveStore | null> {
  if (archive.kind === 'none') return null;
  if (archive.kind === 'folder') return new FolderStore(archive.path);
  const { BucketStore } = await import('./bucket-store.js');
  return new BucketStore(archive);
}
