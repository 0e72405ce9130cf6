import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { record, type Sent } from '../../harness/recorded.js';
import { at, now, Rows } from '../support/rows.js';
import { sqlText } from '../support/sql-text.js';
import { type Service, startService } from '../support/service.js';

// `npm run sql` writes the files anew.
const folder = join(import.meta.dirname, 'sql');

let service: Service;
let sent: Sent[];
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  await insert(new Rows(service.database));
  // With one connection, statements are sent in the order of asking.
  service.database.queries.options.max = 1;
  sent = record(service.database.queries);
});
afterAll(() => service.stop());

/** A room that is over and one that is not, each with people and what belongs to them. */
async function insert(rows: Rows): Promise<void> {
  const ended = { startedAt: at('09:00:00'), endedAt: at('10:30:00') };
  await rows.rooms(
    { ...ended, metadata: '{"tenant":{"id":7}}', metadataJson: { tenant: { id: 7 } } },
    { sid: 'RM_2', roomName: 'weekly', startedAt: at('11:00:00'), participantCount: 1 },
  );
  const weekly = { roomSid: 'RM_2', roomName: 'weekly', startedAt: at('11:00:00') };
  await rows.participants(
    { ...ended, sid: 'PA_1', identity: 'ann', attributes: { plan: 'pro' } },
    { ...ended, sid: 'PA_2', identity: 'bob' },
    { ...weekly, sid: 'PA_3', identity: 'ann' },
  );
  await rows.tracks(
    { ...ended, sid: 'TR_1', participantSid: 'PA_1' },
    { ...weekly, sid: 'TR_2', participantSid: 'PA_3' },
  );
  await rows.egresses(ended, { ...weekly, egressId: 'EG_2' });
  await rows.ingressSessions(ended);
  await rows.agentJobs(ended);
  await rows.events({ roomSid: 'RM_1', roomName: 'daily' });
  await rows.countUsage();
}

const day = 'from: "2026-11-24T00:00:00Z", to: "2026-11-25T00:00:00Z"';
const people = (args: string, fields = 'sid identity joinedAt leftAt'): string =>
  `{ participants(${args}) { nodes { ${fields} } pageInfo { hasNextPage hasPreviousPage } } }`;
const usage = (args: string, fields: string): string => `{ usage(meter: PARTICIPANT, ${day}${args}) { ${fields} } }`;

/** The question, or how to come by it. */
const questions: Readonly<Record<string, string | (() => Promise<string>)>> = {
  'active-rooms-with-participants':
    '{ rooms(filter: {active: true}) { nodes { sid name participantCount participants(first: 10) { nodes { identity joinedAt } } } } }',
  'room-with-all-of-it': `{ room(sid: "RM_1") { name participantSeconds participants { nodes { identity tracks { nodes { type } } } }
      tracks { nodes { type } } egresses { nodes { status } } ingressSessions { nodes { status } } agentJobs { nodes { status } } } }`,
  'history-of-an-identity': people(
    'filter: {identity: {eq: "ann"}, joinedAt: {gte: "2026-11-01T00:00:00Z"}}',
    'sid joinedAt leftAt room { name startedAt endedAt }',
  ),
  'deep-page': async () => people(`first: 50, after: ${await cursor()}`),
  'page-before': async () => people(`last: 50, before: ${await cursor()}`),
  'last-page': people('last: 50'),
  'active-at': people('filter: {activeAt: "2026-11-24T10:00:00Z"}'),
  'active-during': people('filter: {activeDuring: {from: "2026-11-24T10:00:00Z", to: "2026-11-24T10:15:00Z"}}'),
  'names-by-prefix': people('filter: {identity: {startsWith: "a"}}'),
  'names-by-in': people('filter: {identity: {in: ["ann", "bob"]}}'),
  'rooms-by-name': '{ rooms(orderBy: {field: NAME, direction: ASC}) { nodes { sid name } } }',
  'busiest-rooms': `{ rooms(filter: {active: true}, orderBy: {field: PARTICIPANT_COUNT, direction: DESC}) { nodes { sid participantCount } } }`,
  'participants-by-part-of-a-name': people('filter: {identity: {contains: "NN", notIn: ["bob"]}, active: true}'),
  'rooms-that-record': '{ rooms(filter: {recording: true}) { nodes { sid recording } } }',
  'rooms-by-metadata': '{ rooms(filter: {metadata: {path: "tenant.id", eq: "7"}}) { nodes { sid } } }',
  'participants-by-attribute': people('filter: {attribute: {path: "plan", eq: "pro"}}'),
  'total-count': '{ participants(filter: {active: true}) { totalCount { value precision } } }',
  'events-of-a-room': '{ webhookEvents(filter: {roomSid: ["RM_1"]}) { nodes { id event receivedAt payload } } }',
  'node-by-id': async () =>
    `{ node(id: ${JSON.stringify(await idOf('participants'))}) { id ... on Session { active } } }`,
  'usage-by-day': usage(', interval: DAY', 'from seconds sessions'),
  'usage-by-room-metadata': usage(', groupBy: [{roomMetadata: "tenant.id"}]', 'group { value } seconds identities'),
  'usage-of-the-top': usage(
    ', groupBy: [{field: IDENTITY}], top: {by: SESSIONS, first: 1, others: true}',
    'from others group { value } seconds identities',
  ),
  'bytes-of-egresses': `{ usage(meter: EGRESS, ${day}) { bytes } }`,
  'peak-concurrency': usage(', interval: HOUR', 'from peakConcurrency'),
  breakdown: usage('', 'seconds breakdown(first: 10) { edges { seconds node { id roomName } } }'),
};

describe('the SQL that is sent for', () => {
  it.each(Object.entries(questions))('%s is the reviewed one', async (name, question) => {
    const query = typeof question === 'string' ? question : await question();
    await expectReviewed(name, query, async () => {
      expect((await service.query(query)).errors).toBeUndefined();
    });
  });

  it('one room name, which a token is bound to, is the reviewed one', async () => {
    const query = people('filter: {active: false}', 'sid room { name }');
    const token = await service.token({ roomAdmin: true, room: 'daily' });
    await expectReviewed('with-a-token-of-one-room', query, async () => {
      expect((await service.query(query, {}, token)).errors).toBeUndefined();
    });
  });

  it('an export is the reviewed one', async () => {
    const path = '/export/participants.csv';
    const authorization = `Bearer ${await service.token({ roomList: true })}`;
    await expectReviewed('export', `GET ${path}`, async () => {
      const response = await fetch(service.url + path, { headers: { authorization } });
      expect((await response.text()).trim().split('\n')).toHaveLength(4);
    });
  });

  it('is kept for these questions only', () => {
    const names = [...Object.keys(questions), 'with-a-token-of-one-room', 'export'].map((name) => `${name}.sql`);
    expect(names).toEqual(expect.arrayContaining(readdirSync(folder)));
  });
});

/** What asking sends, with the question above it, is in the file of this name. */
async function expectReviewed(name: string, question: string, ask: () => Promise<void>): Promise<void> {
  sent.length = 0;
  await ask();
  const head = question.split('\n').map((line) => `-- ${line.trim()}\n`);
  await expect([head.join(''), ...sent.map(sqlText)].join('\n')).toMatchFileSnapshot(join(folder, `${name}.sql`));
}

async function cursor(): Promise<string> {
  const { data } = await service.query<{ participants: { pageInfo: { endCursor: string } } }>(
    '{ participants(first: 2) { pageInfo { endCursor } } }',
  );
  return JSON.stringify(data.participants.pageInfo.endCursor);
}

async function idOf(list: string): Promise<string> {
  const { data } = await service.query<Record<string, { nodes: { id: string }[] }>>(
    `{ ${list}(first: 1) { nodes { id } } }`,
  );
  return data[list]!.nodes[0]!.id;
}
