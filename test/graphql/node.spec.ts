import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  const rows = new Rows(service.database);
  await rows.rooms({});
  await rows.participants({});
  await rows.tracks({});
  await rows.egresses({});
  await rows.ingressSessions({ resourceId: 'IN_1:1764151200000000000' });
  await rows.agentJobs({ jobId: 'AJ_1' }, { jobId: 'odd id, "}' });
  const second = { createdSeconds: 1795514401n, createdAt: at('10:00:01') };
  await rows.events({ id: 'EV_1', event: 'later', ...second }, { id: 'EV_1', event: 'earlier' }, { id: 'RM_1' });
});
afterAll(() => service.stop());

async function ask(query: string, variables: object = {}): Promise<unknown> {
  const { data, errors } = await service.query(query, variables);
  expect(errors).toBeUndefined();
  return data;
}

describe('node', () => {
  it.each([
    ['RM_1', 'Room'],
    ['PA_1', 'Participant'],
    ['TR_1', 'Track'],
    ['EG_1', 'Egress'],
    ['IN_1:1764151200000000000', 'IngressSession'],
    ['AJ_1', 'AgentJob'],
    ['odd id, "}', 'AgentJob'],
    ['EV_1', 'WebhookEvent'],
  ])('finds %s, a %s', async (id, type) => {
    for (const _again of [1, 2, 3]) {
      expect(await ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id })).toEqual({
        node: { __typename: type, id },
      });
    }
  });

  it('shows the fields of its type', async () => {
    const fields =
      '... on Session { durationSeconds project } ... on Room { participants { nodes { sid } } recording } ... on Participant { room { sid } }';
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { id ${fields} ... on WebhookEvent { event } } }`;
    const session = { durationSeconds: 7200, project: 'default' };
    for (const _again of [1, 2, 3]) {
      expect(await ask(query, { ids: ['EV_1', 'none', 'PA_1', 'RM_1', 'PA_1'] })).toEqual({
        nodes: [
          { id: 'EV_1', event: 'earlier' },
          null,
          { id: 'PA_1', ...session, room: { sid: 'RM_1' } },
          { id: 'RM_1', ...session, participants: { nodes: [{ sid: 'PA_1' }] }, recording: true },
          { id: 'PA_1', ...session, room: { sid: 'RM_1' } },
        ],
      });
    }
  });

  it('takes up to 200 ids', async () => {
    const ids = Array.from({ length: 201 }, (_, index) => `x${index}`);
    expect(await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ids.slice(1) })).toEqual({
      nodes: Array(200).fill(null),
    });
    expect(await ask('{ nodes(ids: []) { id } }')).toEqual({ nodes: [] });
    const { errors, data } = await service.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(data).toBeNull();
  });
});

describe('of two events with one id', () => {
  it('a look-up gives the earlier, a list both', async () => {
    expect(await ask('{ webhookEvent(id: "EV_1") { event } }')).toEqual({ webhookEvent: { event: 'earlier' } });
    const list = '{ webhookEvents(filter: {id: ["EV_1"]}) { nodes { event } totalCount { value } } }';
    expect(await ask(list)).toEqual({
      webhookEvents: { nodes: [{ event: 'earlier' }, { event: 'later' }], totalCount: { value: 2 } },
    });
  });
});
