import { expect, it } from 'vitest';
import { Lanes } from './lanes.js';

const names = Array.from({ length: 300 }, (_, at) => `room-${at}`);

async function batchesOf(arrive: (lanes: Lanes<string>) => Promise<unknown>): Promise<string[][]> {
  const batches: string[][] = [];
  const lanes = new Lanes<string>((items) => Promise.resolve(void batches.push(items)));
  await arrive(lanes);
  await lanes.idle();
  return batches;
}

const add = (lanes: Lanes<string>, name: string): Promise<void> => lanes.add(name, { key: name, bytes: 1 });

it('commits few items together, whatever their keys', async () => {
  const few = names.slice(0, 40);
  const batches = await batchesOf((lanes) => Promise.all(few.map((name) => add(lanes, name))));
  expect(batches).toEqual([few]);
});

it('commits many side by side, those of one key in one lane', async () => {
  const batches = await batchesOf((lanes) => Promise.all([...names, ...names].map((name) => add(lanes, name))));
  expect(batches).toHaveLength(2);
  // The first ones were few.
  const late = batches.map((batch) => new Set(batch.filter((name) => names.indexOf(name) >= 64)));
  expect(late.map(({ size }) => size > 50)).toEqual([true, true]);
  expect([...late[0]!].filter((name) => late[1]!.has(name))).toEqual([]);
});

it('counts what was answered no longer', async () => {
  const batches = await batchesOf(async (lanes) => {
    await Promise.all(names.map((name) => add(lanes, name)));
    await Promise.all(names.slice(0, 40).map((name) => add(lanes, name)));
  });
  expect(batches).toHaveLength(3);
  expect(batches[2]).toEqual(names.slice(0, 40));
});
