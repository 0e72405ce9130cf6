import { expect, it } from 'vitest';
import { Owned, ownerKey, type Owners } from './children.js';

interface Row {
  owner: string;
  id: number;
}

const rows: Row[] = [
  { owner: 'a', id: 1 },
  { owner: 'a', id: 2 },
  { owner: 'b', id: 3 },
  { owner: 'c', id: 4 },
];

/** Rows that tell what was read of them. */
function watched(): { owned: Owned<Row>; reads: [string, number][][] } {
  const reads: [string, number][][] = [];
  const read = (owners: Owners): Promise<Row[]> => {
    reads.push([...owners]);
    return Promise.resolve(rows.filter(({ owner }) => owners.has(owner)));
  };
  return { owned: new Owned(read, ({ owner }) => owner), reads };
}

it('reads what was expected once, and gives of it what is wanted', async () => {
  const { owned, reads } = watched();
  const expected = new Map([
    ['a', 5],
    ['b', 5],
  ]);
  await owned.expect(expected);
  expect(await owned.of(new Map([['a', 5]]))).toEqual(rows.slice(0, 2));
  expect(reads).toEqual([[...expected]]);
});

it('reads what was not expected, or not from so early', async () => {
  const { owned, reads } = watched();
  await owned.expect(new Map([['a', 5]]));
  const wanted = new Map([
    ['a', 4],
    ['c', 0],
  ]);
  const found = await owned.of(wanted);
  expect(reads[1]).toEqual([...wanted]);
  expect(new Set(found.map(({ id }) => id))).toEqual(new Set([1, 2, 4]));
});

it('reads nothing of nobody', async () => {
  const { owned, reads } = watched();
  await owned.expect(new Map());
  expect(await owned.of(new Map())).toEqual([]);
  expect(reads).toEqual([]);
});

it('keys owners by all that names them', () => {
  expect(ownerKey('p', 'room', 'RM_1')).not.toBe(ownerKey('p', 'room', 'RM', '_1'));
});
