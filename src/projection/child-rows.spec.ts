import { expect, it } from 'vitest';
import { ChildRows, parentKey, type ParentKeys } from './child-rows.js';

interface Row {
  parent: string;
  id: number;
}

const rows: Row[] = [
  { parent: 'a', id: 1 },
  { parent: 'a', id: 2 },
  { parent: 'b', id: 3 },
  { parent: 'c', id: 4 },
];

/** Rows, and the reads of them. */
function watched(): { children: ChildRows<Row>; reads: [string, number][][] } {
  const reads: [string, number][][] = [];
  const read = (parents: ParentKeys): Promise<Row[]> => {
    reads.push([...parents]);
    return Promise.resolve(rows.filter(({ parent }) => parents.has(parent)));
  };
  return { children: new ChildRows(read, ({ parent }) => parent), reads };
}

it('reads prefetched parents once, and returns only the wanted children', async () => {
  const { children, reads } = watched();
  const prefetched = new Map([
    ['a', 5],
    ['b', 5],
  ]);
  await children.prefetch(prefetched);
  expect(await children.of(new Map([['a', 5]]))).toEqual(rows.slice(0, 2));
  expect(reads).toEqual([[...prefetched]]);
});

it('reads parents that were not prefetched, or not from so early', async () => {
  const { children, reads } = watched();
  await children.prefetch(new Map([['a', 5]]));
  const wanted = new Map([
    ['a', 4],
    ['c', 0],
  ]);
  const found = await children.of(wanted);
  expect(reads[1]).toEqual([...wanted]);
  expect(new Set(found.map(({ id }) => id))).toEqual(new Set([1, 2, 4]));
});

it('reads nothing for no parents', async () => {
  const { children, reads } = watched();
  await children.prefetch(new Map());
  expect(await children.of(new Map())).toEqual([]);
  expect(reads).toEqual([]);
});

it('keys a parent by each of its parts', () => {
  expect(parentKey('p', 'room', 'RM_1')).not.toBe(parentKey('p', 'room', 'RM', '_1'));
});
