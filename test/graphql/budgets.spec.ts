import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { record, type Sent } from '../../harness/recorded.js';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

const MIB = 2 ** 20;
const PEOPLE = 60;

let service: Service;
let statements: Sent[];
beforeAll(async () => {
  service = await startService({
    clock: { now: () => now },
    settings: { queryMaxBytes: 4 * MIB, usageMaxRows: 1_000 },
  });
  const rows = new Rows(service.database);
  await rows.rooms({ metadata: 'm'.repeat(MIB / 10) });
  await rows.participants(...Array.from({ length: PEOPLE }, (_, n) => ({ sid: `PA_${n}`, identity: `i${n}` })));
  await rows.tracks(...Array.from({ length: PEOPLE }, (_, n) => ({ sid: `TR_${n}`, participantSid: `PA_${n}` })));
  await rows.egresses({ startedAt: at('10:00:00') });
  statements = record(service.database.queries);
});
beforeEach(() => void (statements.length = 0));
afterAll(() => service.stop());

function aliases(count: number, field: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => `a${n}: ${field(n)}`).join(' ');
}

async function refusal(query: string, token?: string): Promise<unknown> {
  const { data, errors, status } = await service.query(query, {}, token);
  return [status, data, errors?.[0]?.extensions.code];
}

describe('an answer that would be too large is refused as a whole', () => {
  const tooLarge = [400, null, 'ANSWER_TOO_LARGE'];
  const cases: Record<string, string> = {
    'by the rows that it reads': '{ participants(first: 200) { nodes { sid room { metadata } } } }',
    'by one row that many others show':
      '{ participants(first: 60) { nodes { tracks(first: 1) { nodes { participant { room { metadata } } } } } } }',
    'by aliases of one value': `{ rooms { nodes { ${aliases(60, () => 'metadata')} } } }`,
    'by aliases of a list': `{ rooms { ${aliases(60, () => 'nodes { metadata }')} } }`,
    'by fragments': `{ rooms { ${aliases(10, () => 'nodes { ...A }')} } }
      fragment A on Room { ${aliases(3, () => 'metadata')} ...B } fragment B on Room { b: metadata c: metadata }`,
  };
  it.each(Object.entries(cases))('%s, for a project and for a room', async (_what, query) => {
    const ofRoom = await service.token({ roomAdmin: true, room: 'daily' });
    for (const _again of [1, 2, 3]) expect(await refusal(query)).toEqual(tooLarge);
    expect(await refusal(query, ofRoom)).toEqual(tooLarge);
  });

  it('and one that is not is whole', async () => {
    const { data } = await service.query<{ rooms: { nodes: object[] } }>(
      `{ rooms { nodes { ${aliases(30, () => 'metadata')} } } }`,
    );
    expect(JSON.stringify(data).length).toBeGreaterThan(3 * MIB);
  });
});

describe('all usage of a request together', () => {
  const from = 'from: "2026-11-01T00:00:00Z"';
  const usage = (more: string, fields: string): string => `usage(meter: PARTICIPANT, ${from}, ${more}) { ${fields} }`;
  const tooMany = [400, null, 'TOO_MANY_ROWS'];

  it('has so many windows, that are counted before they are computed', async () => {
    const hourly = 'to: "2026-11-25T00:00:00Z", interval: HOUR';
    expect((await service.query(`{ ${aliases(1, () => usage(hourly, 'seconds'))} }`)).errors).toBeUndefined();
    statements.length = 0;
    for (const _again of [1, 2]) {
      expect(await refusal(`{ ${aliases(190, () => usage(hourly, 'seconds'))} }`)).toEqual(tooMany);
    }
    expect(statements.length).toBeLessThan(10);
  });

  it('has so many rows, of which each statement reads no more than are left', async () => {
    const grouped = 'to: "2026-11-25T00:00:00Z", groupBy: [{field: IDENTITY}]';
    expect(await refusal(`{ ${aliases(40, () => usage(grouped, 'seconds'))} }`)).toEqual(tooMany);
    const limits = statements.map(({ values }) => Math.max(...(values ?? []).filter((one) => typeof one === 'number')));
    expect(limits.length).toBeLessThan(24);
    expect(Math.min(...limits)).toBeLessThan(200);
  });

  it('covers no more than 200 years by window', async () => {
    const long = 'usage(meter: ROOM, from: "1300-01-01T00:00:00Z", to: "2099-01-01T00:00:00Z"';
    expect(await refusal(`{ ${long}, interval: MONTH) { seconds } }`)).toMatchObject([200, null, 'BAD_USER_INPUT']);
    expect((await service.query(`{ ${long}) { seconds } }`)).errors).toBeUndefined();
  });
});

describe('a text that is work for each row has at most 256 characters:', () => {
  const long = 'x.'.repeat(129);
  const usage = 'usage(meter: PARTICIPANT, from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z"';
  it.each([
    ['path', `rooms(filter: {metadata: {path: "${long}", eq: "x"}}) { nodes { sid } }`],
    ['path', `participants(filter: {attribute: {path: "${long}", eq: "x"}}) { nodes { sid } }`],
    ['startsWith', `rooms(filter: {name: {startsWith: "${long}"}}) { nodes { sid } }`],
    ['startsWith', `participants(filter: {name: {startsWith: "${long}"}}) { nodes { sid } }`],
    ['path', `${usage}, filter: {roomMetadata: {path: "${long}", eq: "x"}}) { seconds }`],
    ['roomMetadata', `${usage}, groupBy: [{roomMetadata: "${long}"}]) { seconds }`],
    ['attribute', `${usage}, groupBy: [{attribute: "${long}"}]) { seconds }`],
    ['roomNamePrefix', `${usage}, groupBy: [{roomNamePrefix: "${long}"}]) { seconds }`],
  ])('%s of %s', async (argument, field) => {
    const { errors } = await service.query(`{ ${field} }`);
    expect(errors).toMatchObject([
      { message: `The ${argument} has 258 characters, more than 256.`, extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });
});

it('counts of one list are one statement, whatever their limits', async () => {
  const { data } = await service.query<{ participants: Record<string, object> }>(
    `{ participants { ${aliases(80, (n) => `totalCount(limit: ${n}) { value precision }`)} } }`,
  );
  expect(statements).toHaveLength(1);
  expect(data.participants).toMatchObject({
    a0: { value: 0, precision: 'AT_LEAST' },
    a60: { value: PEOPLE, precision: 'AT_LEAST' },
    a61: { value: PEOPLE, precision: 'EXACT' },
  });
});

describe('while the sums of usage are locked', () => {
  let locker: pg.Client;
  beforeEach(async () => {
    locker = new pg.Client(service.database.url);
    await locker.connect();
    await locker.query('begin; lock table usage_cell in access exclusive mode');
  });
  afterEach(() => locker.end());

  const sums = 'usage(meter: ROOM, from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z") { seconds }';
  const many = `{ ${aliases(30, () => sums)} }`;

  async function waiting(): Promise<number> {
    const text = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%''middle'' as part%'`;
    return (await service.database.intake.query(text)).rowCount!;
  }

  async function ask(of: Service, token: string, signal: AbortSignal | null = null): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ query: many });
    return fetch(`${of.url}/graphql`, { method: 'POST', headers, body, signal });
  }

  it('a request runs four statements at once, which end with its client', async () => {
    const client = new AbortController();
    const asked = ask(service, await service.token({ roomList: true }), client.signal);
    await expect.poll(waiting).toBe(4);
    client.abort();
    await expect(asked).rejects.toThrow('aborted');
    await expect.poll(waiting, { timeout: 4_000 }).toBe(0);
    expect(statements.filter(({ text }) => text.includes("'middle' as part"))).toHaveLength(4);
  });

  it('a request takes no more of the database than its time, and ends as a whole', async () => {
    const hasty = await startService({ databaseUrl: service.database.url, settings: { queryMaxTimeMs: 1_000 } });
    const { status, errors, data } = await hasty.query(many);
    expect([status, data, errors]).toMatchObject([504, null, [{ extensions: { code: 'TIMEOUT' } }]]);
    await expect.poll(waiting, { timeout: 4_000 }).toBe(0);
    await hasty.stop();
  });

  it('a request that waits too long for others is refused as BUSY, to be tried later', async () => {
    const hasty = await startService({ databaseUrl: service.database.url, settings: { queryMaxWaitMs: 500 } });
    const client = new AbortController();
    const token = await hasty.token({ roomList: true });
    const others = [1, 2].map(() => ask(hasty, token, client.signal).catch(() => undefined));
    await expect.poll(waiting).toBe(5);
    const answer = await ask(hasty, token);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toMatchObject({ data: null, errors: [{ extensions: { code: 'BUSY' } }] });
    client.abort();
    await Promise.all(others);
    await expect.poll(waiting, { timeout: 4_000 }).toBe(0);
    await hasty.stop();
  });
});
