import { expect, it } from 'vitest';
import { Batches } from './batches.js';

/** Batches whose commits end when they are told to. */
function held(): { batches: Batches<number>; commits: { items: number[]; writing: () => void; end: () => void }[] } {
  const commits: { items: number[]; writing: () => void; end: () => void }[] = [];
  const batches = new Batches<number>(
    (items, writing) =>
      new Promise((end) => commits.push({ items, writing, end: () => end(items.map(() => undefined)) })),
  );
  return { batches, commits };
}

const turn = (): Promise<void> => new Promise(setImmediate);

function addMany(batches: Batches<number>, count: number): Promise<void>[] {
  return Array.from({ length: count }, (_, item) => batches.add(item, 1));
}

it('commits together what arrives in one turn, and what waits meanwhile next', async () => {
  const { batches, commits } = held();
  const first = [batches.add(1, 10), batches.add(2, 10)];
  await turn();
  const second = [3, 4, 5].map((item) => batches.add(item, 10));
  commits[0]!.writing();
  await turn();
  expect(commits).toHaveLength(1);
  commits[0]!.end();
  await Promise.all(first);
  await turn();
  commits[1]!.end();
  await Promise.all(second);
  expect(commits.map(({ items }) => items)).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

it('begins the next batch while one is written, where many wait, and never a third', async () => {
  const { batches, commits } = held();
  const added = addMany(batches, 1);
  await turn();
  added.push(...addMany(batches, 200));
  commits[0]!.writing();
  await turn();
  expect(commits.map(({ items }) => items.length)).toEqual([1, 200]);
  added.push(...addMany(batches, 300));
  commits[1]!.writing();
  await turn();
  expect(commits).toHaveLength(2);
  commits[0]!.end();
  await turn();
  expect(commits.map(({ items }) => items.length)).toEqual([1, 200, 300]);
  for (const { end } of commits) end();
  await Promise.all(added);
  await batches.idle();
});

it('begins the next batch as soon as many have come while one is written', async () => {
  const { batches, commits } = held();
  const added = addMany(batches, 1);
  await turn();
  commits[0]!.writing();
  added.push(...addMany(batches, 127));
  await turn();
  expect(commits).toHaveLength(1);
  added.push(...addMany(batches, 3));
  await turn();
  expect(commits.map(({ items }) => items.length)).toEqual([1, 130]);
  for (const { end } of commits) end();
  await Promise.all(added);
});

it('bounds a batch by number and by bytes', async () => {
  const sizes: number[] = [];
  const batches = new Batches<number>((items) => {
    sizes.push(items.length);
    return Promise.resolve(items.map(() => undefined));
  });
  await Promise.all(addMany(batches, 1200));
  await Promise.all(Array.from({ length: 3 }, (_, item) => batches.add(item, 9 * 1024 * 1024)));
  expect(sizes).toEqual([500, 500, 200, 2, 1]);
});

it('tells each of a failed batch, and goes on', async () => {
  let fail = true;
  const batches = new Batches<number>((items) =>
    fail ? Promise.reject(new Error('away')) : Promise.resolve(items.map(() => undefined)),
  );
  const failed = await Promise.allSettled([batches.add(1, 1), batches.add(2, 1)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fail = false;
  await expect(batches.add(3, 1)).resolves.toBeUndefined();
  await batches.idle();
});

it('answers each item by itself, and goes on while one still waits', async () => {
  let finish = (): void => undefined;
  const later = new Promise<string>((resolve) => (finish = () => resolve('later')));
  const batches = new Batches<number, string>((items) =>
    Promise.resolve(items.map((item) => (item === 1 ? later : item === 2 ? Promise.reject(new Error('no')) : 'now'))),
  );
  const slow = batches.add(1, 1);
  await expect(batches.add(2, 1)).rejects.toThrow('no');
  expect(await batches.add(3, 1)).toBe('now');
  finish();
  expect(await slow).toBe('later');
});
