import { expect, it } from 'vitest';
import { Lane } from './lane.js';

it('commits together what arrives in one turn, and what waits meanwhile next', async () => {
  const batches: number[][] = [];
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const lane = new Lane<number>(async (items) => {
    batches.push(items);
    if (batches.length === 1) await gate;
  });
  const first = [lane.add(1, 10), lane.add(2, 10)];
  await new Promise(setImmediate);
  const second = [3, 4, 5].map((item) => lane.add(item, 10));
  release();
  await Promise.all([...first, ...second]);
  expect(batches).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

it('bounds a batch by number and by bytes', async () => {
  const sizes: number[] = [];
  const lane = new Lane<number>((items) => Promise.resolve(void sizes.push(items.length)));
  await Promise.all(Array.from({ length: 1200 }, (_, item) => lane.add(item, 1)));
  await Promise.all(Array.from({ length: 3 }, (_, item) => lane.add(item, 9 * 1024 * 1024)));
  expect(sizes).toEqual([500, 500, 200, 2, 1]);
});

it('tells each of a failed batch, and goes on', async () => {
  let fail = true;
  const lane = new Lane<number>(() => (fail ? Promise.reject(new Error('away')) : Promise.resolve()));
  const failed = await Promise.allSettled([lane.add(1, 1), lane.add(2, 1)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fail = false;
  await expect(lane.add(3, 1)).resolves.toBeUndefined();
  await lane.idle();
});
