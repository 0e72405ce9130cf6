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

export function manifestOf(month: string): string {
  return `${folderOf(month)}/manifest.json`;
}

/** Where new parts overwrite none of the archive that there is: it stays whole until it has another manifest. */
export async function freeFolderOf(store: ArchiveStore, month: string): Promise<string> {
  const folder = folderOf(month);
  const earlier = await readManifest(store, month);
  return earlier?.parts.some(({ name }) => name.startsWith(`${folder}/part-`)) ? `${folder}/again` : folder;
}

/** Removes the parts of an earlier one: nothing would erase people from those. */
export async function writeManifest(store: ArchiveStore, manifest: Manifest): Promise<string> {
  const name = manifestOf(manifest.month);
  const earlier = await readManifest(store, manifest.month);
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  const content = async function* (): AsyncGenerator<Buffer> {
    yield await Promise.resolve(text);
  };
  await store.write(name, content());
  const names = new Set(manifest.parts.map((part) => part.name));
  for (const part of earlier?.parts ?? []) if (!names.has(part.name)) await store.remove(part.name);
  return store.placeOf(name);
}

/** Null: there is none. */
export async function readManifest(store: ArchiveStore, month: string): Promise<Manifest | null> {
  const content = await store.read(manifestOf(month));
  if (content === null) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString()) as Manifest;
}
