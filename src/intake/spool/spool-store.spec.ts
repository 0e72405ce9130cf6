import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ClassicLevel } from 'classic-level';
import { readEntry, sealed } from './spool-entry.js';
import { Spool } from './spool.js';
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
const textOf = (value: string) => value.slice(11);
const keyed = (number: number) => sealed(number, 1_000 + number, `"é ${number}"`).key;

const read = async (store: SpoolStore) => (await store.read('', 1_000)).map(({ value }) => textOf(value));

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
  expect(textOf((await store.read(second!.key, 1))[0]!.value)).toBe('"é 2"');
  expect([store.entries, store.bytes, await store.oldest()]).toEqual([12, 12 * 49 + 10 * 6 + 2 * 7, 1_000]);
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
  expect([again.bytes, again.missing]).toEqual([10 * (49 + 6), 0]);
});

test.each([
  ['garbage after', (log: string) => appendFileSync(log, Buffer.alloc(100, 7)), 8],
  ['a hole after', (log: string) => truncateSync(log, statSync(log).size + 4096), 8],
  ['its last record torn', (log: string) => truncateSync(log, statSync(log).size - 3), 5],
  ['its last record half written', (log: string) => flip(log, statSync(log).size - 3), 5],
])('a log with %s, where nothing is acknowledged yet, is read up to there', async (_, harm, left) => {
  const folder = emptyFolder();
  const store = await open(folder);
  await store.append(texts(5));
  const mark = crashed(folder).copy;
  await store.append(texts(3, 5));
  const { copy, log } = crashed(folder);
  if (left === 5) copyFileSync(join(mark, 'acknowledged'), join(copy, 'acknowledged'));
  harm(log);
  const again = await open(copy);
  expect(await read(again)).toEqual(texts(left).map(({ text }) => text));
  await again.append(texts(1, 20));
  expect([again.entries, again.missing]).toEqual([left + 1, 0]);
});

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

test('a flipped byte anywhere in an acknowledged log refuses the start, and changes nothing', async () => {
  const folder = emptyFolder();
  const store = await open(folder);
  for (let at = 0; at < 40; at++) await store.append(texts(1, at));
  const { log } = crashed(folder);
  for (let at = 0; at < statSync(log).size; at += 97) {
    const { copy, log: harmed } = crashed(folder);
    flip(harmed, at);
    const before = readFileSync(harmed);
    await expect(SpoolStore.open(copy)).rejects.toThrow(/^The spool in .* is damaged: its file \d+\.log is not as/);
    expect(readFileSync(harmed)).toEqual(before);
  }
});

test('a flipped byte in a table refuses the start, a table that was never finished does not', async () => {
  const folder = emptyFolder();
  const store = await SpoolStore.open(folder);
  await store.append(texts(200));
  await store.close();
  await (await SpoolStore.open(folder)).close();
  const name = readdirSync(folder).find((file) => file.endsWith('.ldb'))!;
  // Behind the footer's two handles nothing is written, up to its mark.
  const length = statSync(join(folder, name)).size - 40;
  for (let at = 0; at < length; at += 311) {
    const copy = emptyFolder();
    cpSync(folder, copy, { recursive: true });
    flip(join(copy, name), at);
    const refused = Spool.open({ spoolDir: copy, spoolMaxBytes: 1e6 });
    await expect(refused).rejects.toThrow(
      `The spool in ${copy} is damaged: its file ${name} is not as it was written.`,
    );
  }
  writeFileSync(join(folder, '000099.ldb'), readFileSync(join(folder, name)).subarray(0, 1000));
  expect((await open(folder)).entries).toBe(200);
});

test('a spool of the version before, without marks and sums, is read', async () => {
  const folder = emptyFolder();
  const level = new ClassicLevel(folder);
  const event = { project: 'default', receivedAt: 7, event: { event: 'room_started', id: 'EV_1' } };
  await level.put('00000000000041-1795000000000-000000110', JSON.stringify(event));
  await level.close();
  const store = await open(folder);
  expect((await store.read('', 9)).map(readEntry)).toEqual([event]);
  await store.append(texts(1));
  expect([store.missing, store.entries, (await store.read('', 9))[1]?.key.slice(0, 14)]).toEqual([
    0,
    2,
    '00000000000042',
  ]);
});

test('entries that are not there any more are counted, once', async () => {
  const folder = emptyFolder();
  const store = await open(folder);
  await store.append(texts(8));
  await store.remove([keyed(2), keyed(5)]);
  const { copy, log } = crashed(folder);
  const level = new ClassicLevel(copy);
  await level.batch([1, 3, 7].map((number) => ({ type: 'del', key: keyed(number) })));
  await level.close();
  const again = await open(copy);
  expect([again.missing, again.lost, again.entries]).toEqual([3, 3, 3]);
  await again.remove([keyed(0)]);
  const third = await open(crashed(copy).copy);
  expect([third.missing, third.lost, third.entries]).toEqual([0, 3, 2]);
  expect(log).toContain('.log');
});

test('a log that is cut off, or gone, lacks what was acknowledged', async () => {
  const folder = emptyFolder();
  const store = await open(folder);
  await store.append(texts(5));
  await store.append(texts(3, 5));
  const [cut, gone] = [crashed(folder), crashed(folder)];
  truncateSync(cut.log, statSync(cut.log).size - 3);
  rmSync(gone.log);
  const [first, second] = [await open(cut.copy), await open(gone.copy)];
  expect([first.missing, first.entries, second.missing, second.entries]).toEqual([3, 5, 8, 0]);
});

test.each([
  ['CURRENT', /^CURRENT$/, 'its file CURRENT is missing'],
  ['its manifest', /^MANIFEST/, 'No such file or directory'],
])('a spool without %s does not start empty', async (_, name, reason) => {
  const folder = emptyFolder();
  await (await open(folder)).append(texts(5));
  const { copy } = crashed(folder);
  rmSync(
    join(
      copy,
      readdirSync(copy).find((file) => name.test(file))!,
    ),
  );
  await expect(Spool.open({ spoolDir: copy, spoolMaxBytes: 1e6 })).rejects.toThrow(
    expect.objectContaining({ name: 'CannotStart', message: expect.stringContaining(reason) as string }),
  );
});

test('a page ends at 16 MiB', async () => {
  const store = await open(emptyFolder());
  const text = 'x'.repeat(6 * 1024 * 1024);
  await store.append(Array.from({ length: 4 }, () => ({ receivedAt: 1, text })));
  expect(await store.read('', 10)).toHaveLength(3);
});
