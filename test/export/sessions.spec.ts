import { buildSchema, getNamedType, type GraphQLObjectType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionLists } from '../../src/export/lists.js';
import { sdl } from '../../src/graphql/sdl.js';
import { insertFilterRows } from '../support/filter-rows.js';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

type Row = Record<string, unknown>;

const schema = buildSchema(sdl);
const lists = [...sessionLists.keys()];

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  await insertFilterRows(rows);
  await rows.participants(
    { sid: 'PA_odd', identity: 'a "b", c\r\nd', name: '', metadata: '["ü",{"a":1}]', metadataJson: ['ü', { a: 1 }] },
    { sid: 'PA_odd', roomName: 'other', identity: 'same sid', metadata: '=1+1' },
  );
  const unknown = { location: null, url: null, status: null, startedAt: null, endedAt: null, error: null };
  const file = { kind: 'FILE', filename: 'a,b.mp4', sizeBytes: 5_000_000_000, durationSeconds: 1.5 };
  const output = { ...file, ...unknown, segmentCount: null, imageCount: null };
  await rows.egresses({ egressId: 'EG_out', outputs: [output], info: { big: 1.25, list: [{ a: null }] } });
});
afterAll(() => service.stop());

async function get(file: string, parameters: Record<string, string> = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${await service.token({ roomList: true })}` };
  return fetch(`${service.url}/export/${file}?${new URLSearchParams(parameters)}`, { headers });
}

async function lines(list: string, parameters: Record<string, string> = {}): Promise<Row[]> {
  const response = await get(`${list}.jsonl`, parameters);
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.stringMatching(/^(.+\n)*$/)]);
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row);
}

/** What GraphQL answers, with every field that holds no other row, oldest first. */
async function asked(list: string, filter: object = {}): Promise<Row[]> {
  const connection = schema.getQueryType()!.getFields()[list]!.type;
  const type = nodeOf(getNamedType(connection) as GraphQLObjectType);
  const start = { participants: 'JOINED_AT', tracks: 'PUBLISHED_AT' }[list] ?? 'STARTED_AT';
  const order = list === 'agentJobs' ? '' : `, orderBy: { field: ${start}, direction: ASC }`;
  const query = `query ($filter: ${type.name}Filter) { ${list}(first: 200, filter: $filter${order}) { nodes { ${selected(type)} } } }`;
  const { data, errors } = await service.query<Record<string, { nodes: Row[] }>>(query, { filter });
  expect(errors).toBeUndefined();
  const { nodes } = data[list]!;
  return list === 'agentJobs' ? nodes.reverse() : nodes;
}

function nodeOf(connection: GraphQLObjectType): GraphQLObjectType {
  return getNamedType(connection.getFields()['nodes']!.type) as GraphQLObjectType;
}

function selected(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const of = getNamedType(field.type);
    if (!isObjectType(of)) return [field.name];
    return of.getInterfaces().length > 0 || of.name.endsWith('Connection') ? [] : [`${field.name} { ${selected(of)} }`];
  });
  return fields.join(' ');
}

describe.each(lists)('an export of %s', (list) => {
  it('has the rows of GraphQL, field by field, by start and then by id', async () => {
    const rows = await lines(list);
    expect(rows).toEqual(await asked(list));
    expect(rows.length).toBeGreaterThan(3);
    expect(Object.keys(rows[0]!)).toEqual(Object.keys((await asked(list))[0]!));
  });

  it('says the same as CSV', async () => {
    const [head, ...records] = parse(await (await get(`${list}.csv`)).text());
    const rows = await lines(list);
    expect(head).toEqual(Object.keys(rows[0]!));
    expect(records).toEqual(rows.map((row) => Object.values(row).map(cell)));
  });

  const filters: object[] = [
    { active: true },
    { active: false },
    { startSource: ['INFERRED'] },
    { startedAt: { gte: '2026-11-24T10:00:00Z' } },
    { joinedAt: { lt: '2026-11-24T10:00:00Z' } },
    { activeAt: '2026-11-24T10:30:00+00:00' },
    { activeDuring: { from: '2026-11-24T08:30:00Z', to: '2026-11-24T10:30:00Z' } },
    { roomName: { startsWith: 'acme_' } },
    { name: { in: ['acme_daily'] } },
    { roomSid: ['RM_1', 'RM_2'] },
    { metadata: { path: 'tenant.id', eq: '7' } },
    { kind: ['OTHER'] },
    { status: ['OTHER'] },
    { participantCount: { gte: 2 } },
    { recording: true },
    { excludeKindDetails: ['SIMULATION'] },
    { project: 'acme' },
  ];
  it.each(filters.filter((filter) => isFilterOf(list, filter)))('filters by %j', async (filter) => {
    expect(await lines(list, { filter: JSON.stringify(filter) })).toEqual(await asked(list, filter));
  });

  it('has the sessions that overlap a range, whenever they began', async () => {
    for (const [from, to] of [
      ['2026-11-24T08:30:00Z', '2026-11-24T10:00:00.001Z'],
      ['2026-11-24T09:00:00Z', '2026-11-24T10:00:00Z'],
      ['2026-11-24T10:00:00Z', '2026-11-24T11:00:00Z'],
      ['2026-11-24T11:30:00+01:00', '2027-01-01T00:00:00Z'],
      ['2027-01-01T00:00:00Z', '2027-02-01T00:00:00Z'],
    ] as const) {
      const rows = await lines(list, { from, to, filter: '{"startSource":["REPORTED"]}' });
      expect(rows).toEqual(await asked(list, { activeDuring: { from, to }, startSource: ['REPORTED'] }));
    }
  });

  it('has the fields that are asked for, in their order', async () => {
    const response = await get(`${list}.csv`, { fields: 'lastSeenAt,id' });
    const expected = (await asked(list)).map(({ id, lastSeenAt }) => `${String(lastSeenAt)},${String(id)}\r\n`);
    expect(await response.text()).toBe(`lastSeenAt,id\r\n${expected.join('')}`);
  });
});

function isFilterOf(list: string, filter: object): boolean {
  const [argument] = schema.getQueryType()!.getFields()[list]!.args;
  const known = (getNamedType(argument!.type) as unknown as GraphQLObjectType).getFields();
  return Object.keys(filter).every((name) => name in known);
}

describe('an answer', () => {
  it('names its type and is not kept', async () => {
    const types = ['text/csv; charset=utf-8; header=present', 'application/jsonl; charset=utf-8'];
    for (const [index, file] of ['rooms.csv', 'rooms.jsonl'].entries()) {
      const { headers } = await get(file);
      expect(headers.get('content-type')).toBe(types[index]);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('transfer-encoding')).toBe('chunked');
    }
  });

  it('without rows is a header line, or nothing', async () => {
    const filter = '{"sid":[]}';
    expect(await (await get('rooms.csv', { filter, fields: 'sid,name' })).text()).toBe('sid,name\r\n');
    expect(await (await get('rooms.jsonl', { filter })).text()).toBe('');
  });
});

describe('more than a page', () => {
  const many = 4_500;

  it('goes on where the page before it ended, also among equal starts', async () => {
    await service.database.intake.query(
      `insert into track select (jsonb_populate_record(track, jsonb_build_object('sid', 'TR_many' || n, 'started_at',
         timestamptz '2026-11-24 11:10:00Z' + (n / 1500) * interval '1 second', 'project', 'default'))).*
       from track, generate_series(1, $1) as n where sid = 'TR_1'`,
      [many],
    );
    const filter = { publishedAt: { gte: at('11:10:00').toISOString() } };
    const rows = await lines('tracks', { filter: JSON.stringify(filter), fields: 'publishedAt,sid' });
    const keys = rows.map(({ publishedAt, sid }) => `${String(publishedAt)} ${String(sid)}`);
    expect(new Set(keys).size).toBe(many);
    expect(keys).toEqual([...keys].sort());
    const range = { from: '2026-11-24T11:10:01.500Z', to: '2026-11-24T11:30:00Z' };
    const overlapping = await lines('tracks', { ...range, filter: JSON.stringify({ active: false, ...filter }) });
    expect(overlapping).toEqual([]);
  });
});

function cell(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** RFC 4180, by the letter. */
function parse(text: string): string[][] {
  const records = [...text.matchAll(/((?:(?:"(?:[^"]|"")*"|[^",\r\n]*),?)*)\r\n/g)];
  expect(records.map(([whole]) => whole).join('')).toBe(text);
  return records.map(([, record]) => fieldsOf(record!));
}

function fieldsOf(record: string): string[] {
  const fields = [...`${record},`.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*),/g)];
  return fields.map(([, field]) => (field!.startsWith('"') ? field!.slice(1, -1).replaceAll('""', '"') : field!));
}
