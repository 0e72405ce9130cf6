import { afterAll, beforeAll, expect, it } from 'vitest';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

/** Fewest first, equal ones in byte order. */
const rooms: [sid: string, count: number][] = [
  ['RM_B', 0],
  ['RM_a', 0],
  ['RM_Z', 2],
  ['RM_b', 2],
  ['RM_ä', 2],
  ['RM_c', 10],
];

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  await rows.rooms(...rooms.map(([sid, participantCount]) => ({ sid, participantCount })));
  await rows.rooms(
    { sid: 'RM_over', endedAt: at('11:00:00') },
    { sid: 'RM_foreign', project: 'acme', participantCount: 99 },
    { sid: 'RM_other', roomName: 'other', participantCount: 99 },
  );
});
afterAll(() => service.stop());

interface Rooms {
  readonly edges: readonly { cursor: string; node: { sid: string } }[];
  readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean };
}

async function page(direction: string, bounds: object, filter: object = { active: true }): Promise<Rooms> {
  const { data, errors } = await service.query<{ rooms: Rooms }>(
    `query ($filter: RoomFilter, $first: Int, $last: Int, $after: String, $before: String) {
      rooms(filter: $filter, orderBy: {field: PARTICIPANT_COUNT, direction: ${direction}},
        first: $first, last: $last, after: $after, before: $before) {
        edges { cursor node { sid } } pageInfo { hasNextPage hasPreviousPage }
      }
    }`,
    { filter, ...bounds },
    // Of one room name.
    await service.token({ roomAdmin: true, room: 'daily' }),
  );
  expect(errors).toBeUndefined();
  return data.rooms;
}

it.each(['ASC', 'DESC'])('open rooms come by how many are connected, in pages both ways: %s', async (direction) => {
  const all = rooms.map(([sid]) => sid);
  if (direction === 'DESC') all.reverse();
  const sids = ({ edges }: Rooms): string[] => edges.map(({ node }) => node.sid);
  const whole = await page(direction, {});
  expect(sids(whole)).toEqual(all);
  for (const [index, { cursor }] of whole.edges.entries()) {
    const next = await page(direction, { first: 2, after: cursor });
    expect(sids(next)).toEqual(all.slice(index + 1, index + 3));
    expect(next.pageInfo).toEqual({ hasNextPage: index + 3 < all.length, hasPreviousPage: true });
    const previous = await page(direction, { last: 2, before: cursor });
    expect(sids(previous)).toEqual(all.slice(Math.max(index - 2, 0), index));
    expect(previous.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: index > 2 });
  }
});

it.each(['', 'filter: {active: false}, ', 'filter: {activeAt: "2026-11-24T11:00:00Z"}, '])(
  'rooms by {%s} have no such order',
  async (filter) => {
    const { errors } = await service.query(
      `{ rooms(${filter}orderBy: {field: PARTICIPANT_COUNT, direction: DESC}) { nodes { sid } } }`,
    );
    expect(errors).toMatchObject([
      {
        message: 'The order PARTICIPANT_COUNT wants active: true beside it.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  },
);
