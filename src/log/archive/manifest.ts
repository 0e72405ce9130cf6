import type { ArchiveStore } from './store.js';
import type { Part } from './write.js';

/** What a month's archive holds; written last, so that its parts are whole where it is. */
export interface Manifest {
  readonly month: string;
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly parts: readonly Part[];
}

export function folderOf(month: string): string {
  return `webhook_event/${month}`;
}

export async function writeManifest(store: ArchiveStore, manifest: Manifest): Promise<string> {
  const name = `${folderOf(manifest.month)}/manifest.json`;
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  const content = async function* (): AsyncGenerator<Buffer> {
    yield await Promise.resolve(text);
  };
  await store.write(name, content());
  return store.placeOf(name);
}

export async function readManifest(store: ArchiveStore, month: string): Promise<Manifest> {
  const name = `${folderOf(month)}/manifest.json`;
  const content = await store.read(name);
  if (content === null) throw new Error(`There is no archive of ${month}: ${store.placeOf(name)} is missing.`);
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString()) as Manifest;
}
