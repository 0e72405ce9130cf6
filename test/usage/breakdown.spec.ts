import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { record, type Sent } from '../../harness/recorded.js';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
let statements: Sent[] = [];
beforeAll(async () => {
  service = await startService({ clock: { now: () => now }, settings: { queryMaxCost: 100 } });
  const rows = new Rows(service.database);
  const ended = { startedAt: at('10:00:00'), endedAt: at('11:30:00') };
  await rows.rooms(ended);
  await rows.participants(
    { ...ended, sid: 'PA_2', identity: 'bob' },
    { ...ended, sid: 'PA_1', identity: 'ann' },
    { sid: 'PA_3', identity: 'cid', startedAt: at('10:30:00') },
  );
  await rows.tracks(ended);
  await rows.egresses(ended);
  await rows.ingressSessions(ended);
  await rows.agentJobs(ended);
  await rows.countUsage();
  statements = record(service.database.queries);
});
beforeEach(() => {
  statements.length = 0;
});
afterAll(() => service.stop());

interface Page {
  readonly nodes: { id: string }[];
  readonly edges: { cursor: string; seconds: number; node: { id: string } }[];
}

async function ask(fields: string, { meter = 'PARTICIPANT', more = '' } = {}): Promise<{ breakdown: Page }[]> {
  const range = 'from: "2026-11-24T10:00:00Z", to: "2026-11-24T12:00:00Z", interval: HOUR';
  const text = `{ usage(meter: ${meter}, ${range}${more}) { ${fields} } }`;
  const { data, errors } = await service.query<{ usage: { breakdown: Page }[] } | null>(text);
  if (errors !== undefined) throw new Error(`${errors[0]!.extensions.code} ${errors[0]!.message}`);
  return data!.usage;
}

/** What both windows answer. */
function twice<T>(row: T): T[] {
  return [row, row];
}

describe('a breakdown', () => {
  it('lists the sessions of its row, oldest first, each with its seconds inside the window', async () => {
    const rows = await ask('seconds breakdown { edges { seconds node { id ... on Participant { identity } } } }');
    const edge = (id: string, identity: string, seconds: number): object => ({ seconds, node: { id, identity } });
    expect(rows).toEqual([
      {
        seconds: 9_000,
        breakdown: { edges: [edge('PA_1', 'ann', 3_600), edge('PA_2', 'bob', 3_600), edge('PA_3', 'cid', 1_800)] },
      },
      {
        seconds: 7_200,
        breakdown: { edges: [edge('PA_1', 'ann', 1_800), edge('PA_2', 'bob', 1_800), edge('PA_3', 'cid', 3_600)] },
      },
    ]);
  });

  it.each([
    ['ROOM', 'Room', 'RM_1'],
    ['TRACK', 'Track', 'TR_1'],
    ['EGRESS', 'Egress', 'EG_1'],
    ['INGRESS', 'IngressSession', 'RT_1'],
    ['AGENT_JOB', 'AgentJob', 'AJ_1'],
  ])('of the meter %s holds a %s', async (meter, type, id) => {
    const fields =
      'breakdown { nodes { __typename id project roomName active durationSeconds startSource endSource lastSeenAt } }';
    const node = { __typename: type, id, project: 'default', roomName: 'daily', active: false, durationSeconds: 5_400 };
    const sources = { startSource: 'REPORTED', endSource: null, lastSeenAt: '2026-11-24T10:00:00.000Z' };
    expect(await ask(fields, { meter })).toEqual(twice({ breakdown: { nodes: [{ ...node, ...sources }] } }));
  });

  it('of every row and group is read by one statement', async () => {
    const groupBy = ', groupBy: [{field: IDENTITY}]';
    const rows = await ask('breakdown(first: 1) { nodes { id } pageInfo { hasNextPage } }', { more: groupBy });
    expect(rows.map(({ breakdown }) => breakdown.nodes[0]!.id)).toEqual([
      'PA_1',
      'PA_2',
      'PA_3',
      'PA_1',
      'PA_2',
      'PA_3',
    ]);
    expect(statements).toHaveLength(2);
  });

  it('has pages', async () => {
    const page = 'nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
    const [first] = await ask(`breakdown(first: 2) { ${page} }`);
    const [one, two] = first!.breakdown.edges.map(({ cursor }) => cursor);
    expect(first!.breakdown).toMatchObject({
      nodes: [{ id: 'PA_1' }, { id: 'PA_2' }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: one, endCursor: two },
    });
    const [second] = await ask(`breakdown(first: 2, after: "${two}") { ${page} }`);
    expect(second!.breakdown).toMatchObject({
      nodes: [{ id: 'PA_3' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
    const [none] = await ask(`breakdown(first: 0) { ${page} }`);
    expect(none!.breakdown).toMatchObject({
      nodes: [],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it('reaches on to other fields of its sessions', async () => {
    const fields =
      'breakdown(first: 1) { nodes { ... on Participant { room { sid } tracks(first: 3) { nodes { sid } } } } }';
    const nodes = [{ room: { sid: 'RM_1' }, tracks: { nodes: [{ sid: 'TR_1' }] } }];
    expect(await ask(fields)).toEqual(twice({ breakdown: { nodes } }));
  });

  it('refuses pages over 200, and cursors of another meter', async () => {
    await expect(ask('breakdown(first: 201) { pageInfo { hasNextPage } }')).rejects.toThrow(
      'BAD_USER_INPUT A page of 201',
    );
    const [row] = await ask('breakdown { edges { cursor } }', { meter: 'TRACK' });
    const { cursor } = row!.breakdown.edges[0]!;
    await expect(ask(`breakdown(first: 1, after: "${cursor}") { nodes { id } }`)).rejects.toThrow(
      'BAD_USER_INPUT The cursor is not one of usage.PARTICIPANT',
    );
  });

  it('costs its page for every row of all the usage that is asked for', async () => {
    const nodes = 'breakdown(first: 50) { nodes { id } }';
    await expect(ask(nodes)).resolves.toHaveLength(2);
    await expect(ask('breakdown(first: 51) { nodes { id } }')).rejects.toThrow('COST_LIMIT');
    await expect(ask(`${nodes} other: ${nodes}`)).rejects.toThrow('COST_LIMIT');
    await expect(ask('breakdown(first: 25) { nodes { ... on Participant { room { sid } } } }')).resolves.toHaveLength(
      2,
    );
    await expect(ask('breakdown(first: 26) { nodes { ... on Participant { room { sid } } } }')).rejects.toThrow(
      'COST_LIMIT',
    );
    const usage = 'usage(meter: ROOM, from: "2026-11-24T10:00:00Z", to: "2026-11-24T12:00:00Z", interval: HOUR)';
    const twice = await service.query(
      `{ a: ${usage} { breakdown(first: 26) { nodes { id } } } b: ${usage} { ${nodes.replace('50', '25')} } }`,
    );
    expect(twice.errors).toMatchObject([{ extensions: { code: 'COST_LIMIT' } }]);
  });
});
