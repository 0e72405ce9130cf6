import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SpoolStore } from './spool-store.js';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'roomledger-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function open(folder: string): Promise<SpoolStore> {
  const store = await SpoolStore.open(folder);
  onTestFinished(() => store.close());
  return store;
}

const texts = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({ receivedAt: 1_000 + from + at, text: `"é ${from + at}"` }));

const read = async (store: SpoolStore) => (await store.read('', 1_000)).map(({ text }) => text);

/** What is on the disk now, as a crash would leave it. */
function crashed(folder: string): { copy: string; log: string } {
  const copy = emptyFolder();
  cpSync(folder, copy, { recursive: true });
  const name = readdirSync(copy).find((file) => file.endsWith('.log'));
  return { copy, log: join(copy, name ?? '') };
}

test('texts come out in the order in which they came, and are weighed until they are removed', async () => {
  const store = await open(emptyFolder());
  await store.append(texts(12));
  expect(await read(store)).toEqual(texts(12).map(({ text }) => text));
  const [first, second] = await store.read('', 2);
  expect((await store.read(second!.key, 1))[0]?.text).toBe('"é 2"');
  expect([store.entries, store.bytes, await store.oldest()]).toEqual([12, 12 * 38 + 10 * 6 + 2 * 7, 1_000]);
  await store.remove([first!.key]);
  expect([store.entries, await store.oldest()]).toEqual([11, 1_001]);
  await store.remove((await store.read('', 20)).map(({ key }) => key));
  expect([store.entries, store.bytes, await store.oldest()]).toEqual([0, 0, null]);
});

test('a crash takes nothing that was appended, and the order goes on', async () => {
  const folder = emptyFolder();
  const store = await open(folder);
  await store.append(texts(5));
  const again = await open(crashed(folder).copy);
  await again.append(texts(5, 5));
  expect(await read(again)).toEqual(texts(10).map(({ text }) => text));
  expect(again.bytes).toBe(10 * (38 + 6));
});

test.each([
  ['garbage after', (log: string) => appendFileSync(log, Buffer.alloc(100, 7)), 8],
  ['a hole after', (log: string) => truncateSync(log, statSync(log).size + 4096), 8],
  ['its last record torn', (log: string) => truncateSync(log, statSync(log).size - 3), 5],
])('a log with %s is read up to there', async (_, harm, left) => {
  const folder = emptyFolder();
  const store = await open(folder);
  await store.append(texts(5));
  await store.append(texts(3, 5));
  const { copy, log } = crashed(folder);
  harm(log);
  const again = await open(copy);
  expect(await read(again)).toEqual(texts(left).map(({ text }) => text));
  await again.append(texts(1, 20));
  expect(again.entries).toBe(left + 1);
});

test('a page ends at 16 MiB', async () => {
  const store = await open(emptyFolder());
  const text = 'x'.repeat(6 * 1024 * 1024);
  await store.append(Array.from({ length: 4 }, () => ({ receivedAt: 1, text })));
  expect(await store.read('', 10)).toHaveLength(3);
});
