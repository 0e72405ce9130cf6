import { expect, test } from 'vitest';
import type { OpenRoom } from '../generated/operations';
import { busiestFirst, keepPlaces, matches } from './order';

function room(sid: string, participantCount: number, known: object = {}): OpenRoom {
  const people = { nodes: [{ sid: `PA_${sid}`, identity: `id-${sid}`, name: `Name ${sid}` }] };
  const metadataJson = { tenant: 'acme' };
  const times = { startedAt: '2026-11-30T09:00:00Z' };
  return {
    sid,
    name: `room-${sid}`,
    participantCount,
    recording: false,
    people,
    metadataJson,
    ...times,
    ...known,
  } as unknown as OpenRoom;
}

const rooms = [
  room('a', 2),
  room('b', 60, { recording: true }),
  room('c', 9, { metadataJson: { tenant: { id: 'globex' } } }),
  room('d', 2, { startedAt: '2026-11-30T08:00:00Z' }),
];

test.each([
  ['', 'a b c d'],
  ['q=ROOM-A', 'a'],
  ['q=name b', 'b'],
  ['q=globex', 'c'],
  ['tenant=acme', 'a b d'],
  ['recording=yes', 'b'],
  ['recording=no&tenant=globex', 'c'],
  ['size=2-9', 'a c d'],
  ['size=50-', 'b'],
  ['size=1', ''],
  ['size=many', 'a b c d'],
])('%s finds %s', (query, found) => {
  expect(
    rooms
      .filter(matches(new URLSearchParams(query)))
      .map(({ sid }) => sid)
      .join(' '),
  ).toBe(found);
});

test('the busiest comes first, then what has been open for longer', () => {
  expect(rooms.toSorted(busiestFirst).map(({ sid }) => sid)).toEqual(['b', 'c', 'd', 'a']);
});

test('rows keep their places, and new ones come last', () => {
  const sorted = rooms.toSorted(busiestFirst);
  expect(keepPlaces(sorted, ['a', 'c', 'gone']).map(({ sid }) => sid)).toEqual(['a', 'c', 'b', 'd']);
});
