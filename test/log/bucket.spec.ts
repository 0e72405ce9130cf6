import { randomBytes } from 'node:crypto';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type ArchiveStore, openStore } from '../../src/log/archive/store.js';
import { readPart, writeParts } from '../../src/log/archive/write.js';
import { restoreMonth, unchanged } from '../../src/log/restore.js';
import { dropOldMonths } from '../../src/log/retention.js';
import { at, commitAll, DAY, keeping, logOf, playedBetween, yearOfMonths } from '../support/log-months.js';
import { ToyS3 } from '../support/toy-s3.js';

let s3: ToyS3;
let store: ArchiveStore;
beforeEach(async () => {
  s3 = new ToyS3();
  const endpoint = await s3.open();
  onTestFinished(() => s3.close());
  const credentials = { accessKeyId: 'id', secretAccessKey: 'key' };
  store = (await openStore({
    kind: 'bucket',
    bucket: 'logs',
    prefix: 'ours/',
    region: 'us-east-1',
    endpoint,
    credentials,
  }))!;
});

test('a month goes into a bucket, and comes back', async () => {
  const database = await yearOfMonths();
  await commitAll(database, playedBetween(at('2026-01-03T10:00:00'), at('2026-01-03T12:00:00'), 200));
  const before = await logOf(database);
  const limits = { now: at('2026-03-10T00:00:00'), ageMs: 31 * DAY };
  const [dropped] = await keeping(database.url, (log) => dropOldMonths(log, { ...limits, store }));
  expect(dropped).toEqual({
    month: '2026-01',
    rows: 200,
    archive: 's3://logs/ours/webhook_event/2026-01/manifest.json',
  });
  expect(await logOf(database)).toEqual([]);
  expect(await keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2026-01'))).toEqual({
    rows: 200,
    added: 200,
  });
  expect(await logOf(database)).toEqual(before);
});

test('nothing is dropped when the bucket refuses it', async () => {
  const database = await yearOfMonths();
  await commitAll(database, playedBetween(at('2026-01-03T10:00:00'), at('2026-01-03T12:00:00'), 200));
  s3.failures = 1;
  const limits = { now: at('2026-03-10T00:00:00'), ageMs: 31 * DAY };
  const dropping = keeping(database.url, (log) => dropOldMonths(log, { ...limits, store }));
  await expect(dropping).rejects.toThrow('AccessDenied');
  expect(await logOf(database)).toHaveLength(200);
});

test('a large part goes in several uploads', async () => {
  const texts = Array.from({ length: 30 }, () => `${randomBytes(2 ** 19).toString('base64')}\n`);
  const lines = async function* () {
    for (const text of texts) yield await Promise.resolve({ text, rows: 1 });
  };
  const [part, ...others] = await writeParts(store, 'large', lines());
  expect(others).toEqual([]);
  expect(part).toMatchObject({ name: 'large/part-0001.jsonl.gz', rows: 30 });
  expect(part!.bytes).toBeGreaterThan(10 * 2 ** 20);
  const chunks: Buffer[] = [];
  for await (const chunk of readPart(store, part!)) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString() === texts.join('')).toBe(true);
  expect(s3.uploads.size).toBe(0);
});

test('what is not in the bucket is missing', async () => {
  await expect(store.read('nothing')).resolves.toBeNull();
});
