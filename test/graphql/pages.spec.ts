import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

interface Connection {
  readonly edges: readonly { cursor: string; node: { id: string } }[];
  readonly nodes: readonly { id: string }[];
  readonly pageInfo: PageInfo;
}

/** Minutes after ten of start and end: with equal starts, equal ends, and two that are open. */
const times: [start: number, end: number | null][] = [
  [0, 9],
  [5, null],
  [5, 9],
  [7, 8],
  [7, null],
  [0, 9],
  [3, 4],
];
const minute = (minutes: number): Date => at(`10:0${minutes}:00`);
// Ids whose byte order is neither that of insertion nor that of any language.
const names = ['b', 'B', 'a', 'ä', '_', 'Z', '10'];
const sessions = (prefix: string, id: string): object[] =>
  times.map(([start, end], index) => ({
    [id]: prefix + names[index],
    startedAt: minute(start),
    endedAt: end === null ? null : minute(end),
  }));

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
type Sorted = (ids: { id: string; start: number; end: number }[]) => string[];
const by =
  (key: 'start' | 'end'): Sorted =>
  (ids) =>
    ids.sort((a, b) => a[key] - b[key] || byBytes(a.id, b.id)).map(({ id }) => id);

/** The ids of `prefix` in ascending order. */
function ascending(prefix: string, sorted: Sorted): string[] {
  return sorted(times.map(([start, end], index) => ({ id: prefix + names[index]!, start, end: end ?? Infinity })));
}

const lists: [entry: string, order: string, all: string[]][] = [
  ['rooms', 'STARTED_AT', ascending('RM_', by('start'))],
  ['rooms', 'ENDED_AT', ascending('RM_', by('end'))],
  ['rooms', 'NAME', ascending('RM_', by('start')).sort(byBytes)],
  ['participants', 'JOINED_AT', ascending('PA_', by('start'))],
  ['participants', 'LEFT_AT', ascending('PA_', by('end'))],
  ['tracks', 'PUBLISHED_AT', ascending('TR_', by('start'))],
  ['tracks', 'UNPUBLISHED_AT', ascending('TR_', by('end'))],
  ['egresses', 'STARTED_AT', ascending('EG_', by('start'))],
  ['egresses', 'ENDED_AT', ascending('EG_', by('end'))],
  ['ingressSessions', 'STARTED_AT', ascending('RT_', by('start'))],
  ['ingressSessions', 'ENDED_AT', ascending('RT_', by('end'))],
  ['agentJobs', 'STARTED_AT', ascending('AJ_', by('start'))],
  ['agentJobs', 'ENDED_AT', ascending('AJ_', by('end'))],
];

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  await rows.rooms(...sessions('RM_', 'sid').map((row, index) => ({ ...row, roomName: names[index] })));
  await rows.participants(...sessions('PA_', 'sid'));
  await rows.tracks(...sessions('TR_', 'sid'));
  await rows.egresses(...sessions('EG_', 'egressId'));
  await rows.ingressSessions(...sessions('RT_', 'resourceId'));
  await rows.agentJobs(...sessions('AJ_', 'jobId'));
  // The log's order is not that of ids or times; xids and sequences compare as numbers.
  const places = [
    [1, 9n, 1n],
    [1, 10n, 2n],
    [1, 10n, 10n],
    [2, 1n, 3n],
    [1, 10n, 9n],
  ] as const;
  await rows.events(...places.map(([epoch, xid, seq], index) => ({ id: `EV_${index}`, epoch, xid, seq })));
});
afterAll(() => service.stop());

interface Bounds {
  readonly first?: number;
  readonly last?: number;
  readonly after?: string;
  readonly before?: string;
}

async function page(entry: string, args: string, bounds: Bounds = {}): Promise<Connection> {
  const fields =
    'edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  const all = args.includes('after') || args.includes('first') || args.includes('last') ? args : withBounds(args);
  const { data, errors } = await service.query<{ list: Connection }>(
    `${head(all)} { list: ${entry}${all} { ${fields} } }`,
    bounds,
  );
  expect(errors).toBeUndefined();
  return data.list;
}

function withBounds(args: string): string {
  return `(${args.slice(1, -1)} first: $first, last: $last, after: $after, before: $before)`;
}

function head(args: string): string {
  return args.includes('$first') ? 'query ($first: Int, $last: Int, $after: String, $before: String)' : '';
}

/** What a page must be: a slice of the whole list. */
function expectSlice(
  { edges, nodes, pageInfo }: Connection,
  all: readonly string[],
  [from, to]: readonly [number, number],
): void {
  expect(nodes.map(({ id }) => id)).toEqual(all.slice(from, to));
  expect(edges.map(({ node }) => node.id)).toEqual(all.slice(from, to));
  expect(pageInfo).toEqual({
    hasPreviousPage: from > 0,
    hasNextPage: to < all.length,
    startCursor: edges.at(0)?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  });
}

describe.each(lists)('%s by %s', (entry, order, all) => {
  it.each(['ASC', 'DESC'])('%s are pages of one order, forwards and backwards, from any cursor', async (direction) => {
    expect.hasAssertions();
    const ordered = direction === 'ASC' ? all : all.toReversed();
    const orderBy = `orderBy: {field: ${order}, direction: ${direction}}`;
    const ask = (bounds: Bounds): Promise<Connection> => page(entry, `(${orderBy})`, bounds);
    const whole = await ask({});
    expectSlice(whole, ordered, [0, all.length]);
    const cursors = whole.edges.map(({ cursor }) => cursor);
    for (const size of [0, 1, 3, all.length, all.length + 1]) {
      expectSlice(await ask({ first: size }), ordered, [0, Math.min(size, all.length)]);
      expectSlice(await ask({ last: size }), ordered, [Math.max(0, all.length - size), all.length]);
      for (const [index, cursor] of cursors.entries()) {
        expectSlice(await ask({ first: size, after: cursor }), ordered, [
          index + 1,
          Math.min(index + 1 + size, all.length),
        ]);
        expectSlice(await ask({ last: size, before: cursor }), ordered, [Math.max(0, index - size), index]);
      }
    }
  });
});

describe('a page', () => {
  const newest = ascending('RM_', by('start')).toReversed();

  it('comes newest first where no order is given', async () => {
    expect.hasAssertions();
    const entries: [string, string][] = [
      ['rooms', 'RM_'],
      ['participants', 'PA_'],
      ['tracks', 'TR_'],
      ['egresses', 'EG_'],
    ];
    for (const [entry, prefix] of [...entries, ['ingressSessions', 'RT_'], ['agentJobs', 'AJ_']] as [
      string,
      string,
    ][]) {
      expectSlice(await page(entry, ''), ascending(prefix, by('start')).toReversed(), [0, 7]);
    }
  });

  it('of agent jobs and events is reached from both ends too', async () => {
    expect.hasAssertions();
    const log = ['EV_3', 'EV_2', 'EV_4', 'EV_1', 'EV_0'];
    const jobs = ascending('AJ_', by('start')).toReversed();
    for (const [entry, all] of [
      ['webhookEvents', log],
      ['agentJobs', jobs],
    ] as const) {
      const first = await page(entry, '(first: 2)');
      expectSlice(first, all, [0, 2]);
      expectSlice(await page(entry, `(first: 2, after: "${first.pageInfo.endCursor}")`), all, [2, 4]);
      const last = await page(entry, '(last: 2)');
      expectSlice(last, all, [all.length - 2, all.length]);
      expectSlice(await page(entry, `(last: 1, before: "${last.pageInfo.startCursor}")`), all, [
        all.length - 3,
        all.length - 2,
      ]);
    }
  });

  it('lies between two cursors', async () => {
    expect.hasAssertions();
    const cursors = (await page('rooms', '')).edges.map(({ cursor }) => cursor);
    const between = `after: "${cursors[1]}", before: "${cursors[5]}"`;
    expectSlice(await page('rooms', `(${between})`), newest, [2, 5]);
    expectSlice(await page('rooms', `(first: 2, ${between})`), newest, [2, 4]);
    expectSlice(await page('rooms', `(last: 2, ${between})`), newest, [3, 5]);
    expectSlice(await page('rooms', `(first: 2, before: "${cursors[5]}")`), newest, [0, 2]);
    expectSlice(await page('rooms', `(last: 2, after: "${cursors[1]}")`), newest, [5, 7]);
    expectSlice(await page('rooms', `(first: 9, after: "${cursors[2]}", before: "${cursors[3]}")`), newest, [3, 3]);
    expectSlice(await page('rooms', `(after: "${cursors[0]}", first: null, last: null, before: null)`), newest, [1, 7]);
  });

  it('knows its neighbours among the rows that match the filter', async () => {
    expect.hasAssertions();
    const filter = 'filter: {active: true}';
    const first = await page('rooms', `(${filter}, first: 1)`);
    const open = ['RM_B', 'RM__'].sort((a, b) => newest.indexOf(a) - newest.indexOf(b));
    expectSlice(first, open, [0, 1]);
    expectSlice(await page('rooms', `(${filter}, first: 1, after: "${first.pageInfo.endCursor}")`), open, [1, 2]);
  });

  it('continues after a row that is gone', async () => {
    expect.hasAssertions();
    const { edges } = await page('egresses', '(first: 3)');
    await service.database.prisma.egress.deleteMany({ where: { egressId: edges[2]!.node.id } });
    const rest = ascending('EG_', by('start'))
      .toReversed()
      .filter((id) => id !== edges[2]!.node.id);
    expectSlice(await page('egresses', `(after: "${edges[2]!.cursor}")`), rest, [2, 6]);
  });

  it('is of 50 where no size is given, of 200 at most', async () => {
    expect.hasAssertions();
    const many = Array.from({ length: 250 }, (_, index) => ({ sid: `TR_many${index}`, roomSid: 'RM_many' }));
    await new Rows(service.database).tracks(...many);
    const filter = 'filter: {roomSid: ["RM_many"]}';
    expect((await page('tracks', `(${filter})`)).nodes).toHaveLength(50);
    expect((await page('tracks', `(${filter}, first: 200)`)).nodes).toHaveLength(200);
    expect((await page('tracks', `(${filter}, last: 200)`)).nodes).toHaveLength(200);
  });
});

describe('a page is refused', () => {
  const refused = async (query: string): Promise<void> => {
    const { data, errors } = await service.query(query);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(data).toBeNull();
  };

  it.each([
    'first: 201',
    'last: 201',
    'first: -1',
    'last: -1',
    'first: 1, last: 1',
    'first: 0, last: 0',
    'first: 2147483647',
  ])('of %s', async (args) => {
    expect.hasAssertions();
    await refused(`{ rooms(${args}) { nodes { id } } }`);
    await refused(`{ rooms(${args}) { __typename } }`);
  });

  it('by a cursor of another list, order or direction, or of none', async () => {
    expect.hasAssertions();
    const { edges } = await page('rooms', '(orderBy: {field: STARTED_AT, direction: ASC}, first: 1)');
    const cursor = edges[0]!.cursor;
    for (const args of [
      `after: "${cursor}"`,
      `orderBy: {field: NAME, direction: ASC}, before: "${cursor}"`,
      'after: ""',
      'after: "x"',
    ]) {
      await refused(`{ rooms(${args}) { nodes { id } } }`);
    }
    await refused(`{ egresses(orderBy: {field: STARTED_AT, direction: ASC}, after: "${cursor}") { nodes { id } } }`);
    await refused(`{ webhookEvents(after: "${cursor}") { nodes { id } } }`);
  });
});
