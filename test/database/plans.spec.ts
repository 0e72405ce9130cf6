import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepare } from '../../src/database/prepare.js';
import { keepingLog } from '../../src/log/log-lock.js';
import { LOG, piecesOf } from '../../src/log/months.js';
import { move } from '../../src/log/move.js';
import { snakeCase } from '../../src/text/snake-case.js';
import { planOf } from '../../harness/plan.js';
import { record, type Sent } from '../../harness/recorded.js';
import { seedLog, seedSessions } from '../../harness/seed/sessions.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { type Service, startService } from '../support/service.js';
import { connect, events, media, Subscriber, webhook } from '../support/subscriber.js';

const SESSIONS = 60_000;
/** A page and the row after it, and what a query looks up beside them. */
const PAGE = 110;
/** A page of each class of lengths, and what of the class began within its bound but ended before the span. */
const SPAN = 12 * 51 + 600;
/** Rooms that are open. */
const OPEN = 100;
/** Participants whose names begin as nobody's do since. */
const GONE = 21_000;
/** As far as the entries of names, and then the rows in order, are followed for a page. */
const FEW = 1_001;
const NEAR = 200 * 51;

const until = Date.parse('2026-11-24T12:00:00Z');
const at = (days: number): string => JSON.stringify(new Date(until - days * 86_400_000).toISOString());
const range = (from: number, to: number): string => `{gte: ${at(from)}, lt: ${at(to)}}`;

let database: TestDatabase;
let service: Service;
let sent: Sent[];
let sample: Record<string, string>;
beforeAll(async () => {
  database = await createEmptyDatabase();
  await prepare(database.url);
  await keepingLog(database.url, { wait: true }, (keeping) =>
    move(keeping, LOG, piecesOf((until - 365 * 86_400_000) / 1000, until / 1000)),
  );
  await seedSessions(database.url, { sessions: SESSIONS, rooms: 5000, days: 365, until });
  await seedLog(database.url);
  service = await startService({ databaseUrl: database.url, clock: { now: () => until } });
  await multiply('egress', ['egress_id'], 60);
  await multiply('ingress_session', ['resource_id', 'ingress_id'], 200);
  await multiply('agent_job', ['job_id'], 100);
  await leave(GONE);
  sample = await takeSample();
  sent = record(service.database.queries);
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

/** There are few of these beside the participants: each gets as many likenesses. */
async function multiply(table: string, ids: readonly string[], times: number): Promise<void> {
  const { prisma } = service.database;
  const fields = ids.map((id) => `'${id}', ${id} || '-' || n`).join(', ');
  await prisma.$executeRawUnsafe(
    `insert into ${table} select (jsonb_populate_record(t, jsonb_build_object(${fields}))).* from ${table} t, generate_series(2, ${times}) n`,
  );
  await prisma.$executeRawUnsafe(`vacuum (analyze) ${table}`);
}

/** The first participants get names that begin as nobody's do since. */
async function leave(count: number): Promise<void> {
  const { prisma } = service.database;
  await prisma.$executeRawUnsafe(
    `update participant set identity = 'gone-' || identity
     where (sid, room_name) in (select sid, room_name from participant order by started_at limit ${count})`,
  );
  await prisma.$executeRawUnsafe('vacuum (analyze) participant');
}

async function takeSample(): Promise<Record<string, string>> {
  const { rows } = await service.database.queries.query<Record<string, string>>(
    `select p.sid, p.room_sid, p.room_name, p.identity, t.sid as track_sid, w.id as event_id, e.egress_id,
       i.ingress_id, i.resource_id, j.job_id, busiest.identity as busiest, several.prefix as several
     from (select * from participant where has_track order by started_at offset ${SESSIONS / 2} limit 1) p
     join track t on t.participant_sid = p.sid join webhook_event w on w.participant_sid = p.sid,
     (select identity from participant group by 1 order by count(*) desc limit 1) busiest,
     (select left(identity, 7) as prefix from participant where identity ^@ 'user-' group by 1
      having count(*) between 1100 and 4000 order by 1 limit 1) several,
     (select * from egress limit 1) e, (select * from ingress_session limit 1) i, (select * from agent_job limit 1) j`,
  );
  return rows[0]!;
}

/** With a sample's value for each `$name`. */
function filled(text: string, quoted: (value: string) => string): string {
  return text.replace(/\$(\w+)/g, (_, name: string) => quoted(sample[name]!));
}

interface Asking {
  /** By the plan for these values: as Postgres runs what is prepared the first five times. */
  readonly planned?: boolean;
  readonly grant?: object;
  readonly node?: string;
}

/** Asks a list with these arguments, in which `$name` stands for a sample's value, and explains what was sent. */
async function rowsRead(
  list: string,
  args: string,
  { grant = { roomList: true }, node = 'id', planned = false }: Asking = {},
): Promise<number> {
  const given = filled(args, JSON.stringify);
  const query = `{ ${list}${given === '' ? '' : `(${given})`} { edges { cursor node { ${node} } } pageInfo { hasNextPage } } }`;
  const token = await service.token(grant);
  // What comes again may be kept prepared, with one plan for any values.
  await service.query(query, {}, token);
  sent.length = 0;
  const { errors } = await service.query(query, {}, token);
  expect(errors).toBeUndefined();
  const asked = [...sent];
  return rowsOf(asked.map(({ name, ...statement }) => (planned ? statement : { name, ...statement })));
}

async function rowsOf(asked: readonly Sent[]): Promise<number> {
  const plans = await Promise.all(asked.map((statement) => planOf(service.database.queries, statement)));
  // It has one row.
  expect(plans.flatMap(({ sequential }) => sequential).filter((table) => table !== 'log_epoch')).toEqual([]);
  return plans.reduce((sum, { rows }) => sum + rows, 0);
}

type Case = readonly [args: string, rows: number];

/** What every list of sessions finds by an index. */
const sessions = (start: string, end: string): Case[] => {
  const [byStart, byEnd] = [start, end].map((field) => snakeCase(field).toUpperCase());
  const ordered = (field: string | undefined, direction: string): string =>
    `, orderBy: {field: ${field}, direction: ${direction}}`;
  return [
    ['', PAGE],
    [`filter: {${start}: ${range(200, 100)}}`, PAGE],
    [`filter: {${start}: ${range(200, 100)}}${ordered(byStart, 'ASC')}`, PAGE],
    ['filter: {active: true}', PAGE],
    [`filter: {active: true}${ordered(byStart, 'ASC')}`, PAGE],
    ['filter: {active: false}', SPAN],
    [`filter: {activeAt: ${at(0)}}`, SPAN],
    [`filter: {activeAt: ${at(0.0007)}}`, PAGE],
    [`filter: {activeAt: ${at(0.0007)}}${ordered(byStart, 'ASC')}`, PAGE],
    [`filter: {activeAt: ${at(120.1)}}`, SPAN],
    [`filter: {activeAt: ${at(120.1)}}${ordered(byStart, 'ASC')}`, SPAN],
    [`filter: {activeDuring: {from: ${at(200)}, to: ${at(199)}}}`, SPAN],
    [`filter: {activeDuring: {from: ${at(200)}, to: ${at(170)}}}`, SPAN],
    [`filter: {activeDuring: {from: ${at(200)}, to: ${at(170)}}}${ordered(byStart, 'ASC')}`, SPAN],
    [`filter: {activeDuring: {from: ${at(200)}, to: ${at(199)}}}, last: 50`, SPAN],
    ...(end === ''
      ? []
      : ([
          [`filter: {${end}: ${range(200, 100)}}`, SPAN],
          [`filter: {${end}: ${range(200, 100)}}${ordered(byStart, 'ASC')}`, SPAN],
          [`filter: {${end}: ${range(200, 100)}}${ordered(byEnd, 'DESC')}`, PAGE],
          [`filter: {active: true}${ordered(byEnd, 'ASC')}`, PAGE],
        ] as Case[])),
  ];
};

const ofRoom: Case[] = [
  ['filter: {roomSid: [$room_sid]}', PAGE],
  ['filter: {roomName: {eq: $room_name}}', PAGE],
];

const cases: Record<string, Case[]> = {
  rooms: [
    ...sessions('startedAt', 'endedAt'),
    ['filter: {sid: [$room_sid]}', PAGE],
    ['filter: {name: {eq: $room_name}}', PAGE],
    ['filter: {name: {startsWith: $room_name}}', PAGE],
    ['orderBy: {field: NAME, direction: ASC}', PAGE],
    ['filter: {active: true}, orderBy: {field: PARTICIPANT_COUNT, direction: DESC}', OPEN + PAGE],
    ['filter: {recording: true}', 4000],
    ['filter: {identity: $identity}', PAGE],
  ],
  participants: [
    ...sessions('joinedAt', 'leftAt'),
    ...ofRoom,
    ['filter: {sid: [$sid]}', PAGE],
    ['filter: {identity: {eq: $identity}}', PAGE],
    ['filter: {identity: {in: [$identity, "nobody"]}}', PAGE],
    ['filter: {identity: {eq: $busiest}}', PAGE],
    [`filter: {identity: {eq: $busiest}, joinedAt: ${range(360, 1)}}`, PAGE],
    ['filter: {identity: {in: [$busiest, $identity, "nobody"]}}', 3 * PAGE],
    ['filter: {identity: {startsWith: $identity}}', FEW + PAGE],
    ['filter: {identity: {startsWith: "user-"}}', FEW + 2 * PAGE],
    ['filter: {identity: {startsWith: $several}}', FEW + NEAR + PAGE],
    ['filter: {identity: {startsWith: "gone-"}}, first: 1', GONE + 20_001 + 3 * 4_000 + FEW],
    [`filter: {name: {contains: "nobody"}, joinedAt: ${range(101, 100)}}`, 2 * PAGE],
    ['filter: {name: {contains: "nobody"}, roomName: {eq: $room_name}}', PAGE],
    [`filter: {identity: {startsWith: "user-"}, joinedAt: ${range(101, 100)}}`, FEW + 2 * PAGE],
    ['filter: {roomName: {startsWith: $room_name}}', FEW + PAGE],
  ],
  tracks: [
    ...sessions('publishedAt', 'unpublishedAt'),
    ['filter: {roomSid: [$room_sid]}', PAGE],
    ['filter: {sid: [$track_sid]}', PAGE],
    ['filter: {participantSid: [$sid]}', PAGE],
  ],
  egresses: [...sessions('startedAt', 'endedAt'), ...ofRoom, ['filter: {egressId: [$egress_id]}', PAGE]],
  ingressSessions: [...sessions('startedAt', 'endedAt'), ...ofRoom, ['filter: {ingressId: [$ingress_id]}', PAGE]],
  agentJobs: [
    ...ofRoom,
    ['filter: {id: [$job_id]}', PAGE],
    ['filter: {active: true}', PAGE],
    ['orderBy: {field: STARTED_AT, direction: ASC}', PAGE],
    ['orderBy: {field: ENDED_AT, direction: ASC}', PAGE],
    ['orderBy: {field: ENDED_AT, direction: DESC}', PAGE],
    [`filter: {activeAt: ${at(0.0007)}}`, PAGE],
    [`filter: {activeAt: ${at(120.1)}}`, SPAN],
  ],
  webhookEvents: [
    ...ofRoom,
    ['', PAGE],
    ['filter: {id: [$event_id]}', PAGE],
    ['filter: {participantSid: [$sid]}', PAGE],
    ['filter: {egressId: [$egress_id]}', PAGE],
    ['filter: {resourceId: [$resource_id]}', PAGE],
    ['filter: {jobId: [$job_id]}', PAGE],
    ['filter: {projected: false}', PAGE],
  ],
};

it.each([
  ['participants', 'room { sid name }', 2],
  ['tracks', 'room { sid } participant { identity room { sid } }', 4],
  ['egresses', 'room { name active }', 2],
  ['ingressSessions', 'room { name active }', 2],
  ['agentJobs', 'room { name active }', 2],
] as const)('%s find what they point at by its key', async (list, node, tables) => {
  expect(await rowsRead(list, '', { node })).toBeLessThanOrEqual(tables * PAGE);
});

async function pageOf(args: string): Promise<{ sids: string[]; cursor: string | undefined }> {
  const { data, errors } = await service.query<{
    participants: { edges: { cursor: string; node: { sid: string } }[] };
  }>(`{ participants(${args}) { edges { cursor node { sid } } } }`);
  expect(errors).toBeUndefined();
  const { edges } = data.participants;
  return { sids: edges.map(({ node }) => node.sid), cursor: edges[0]?.cursor };
}

async function newestFirst(where: string): Promise<string[]> {
  const { rows } = await service.database.queries.query<{ sid: string }>(
    `select sid from participant where ${where} order by started_at desc, sid desc, room_name desc`,
  );
  return rows.map(({ sid }) => sid);
}

describe.each([
  ['identity: {startsWith: $identity}', 'identity ^@ $identity'],
  ['identity: {startsWith: $several}', 'identity ^@ $several'],
  ['identity: {startsWith: "user-"}', "identity ^@ 'user-'"],
  ['identity: {startsWith: "gone-"}', "identity ^@ 'gone-'"],
  ['identity: {in: [$busiest, $identity, $busiest, "nobody"]}', 'identity in ($busiest, $identity)'],
  [
    `identity: {startsWith: "user-"}, joinedAt: ${range(101, 100)}`,
    `identity ^@ 'user-' and started_at >= ${at(101)} and started_at < ${at(100)}`.replaceAll('"', "'"),
  ],
])('participants by {%s}', (filter, where) => {
  it.each(['ASC', 'DESC'])('are all found in order, and no others: %s', async (direction) => {
    const all = await newestFirst(filled(where, pg.escapeLiteral));
    if (direction === 'ASC') all.reverse();
    const orderBy = `orderBy: {field: JOINED_AT, direction: ${direction}}`;
    const list = `filter: {${filled(filter, JSON.stringify)}}, ${orderBy}`;
    for (const size of [1, 50]) {
      expect((await pageOf(`first: ${size}, ${list}`)).sids).toEqual(all.slice(0, size));
      expect((await pageOf(`last: ${size}, ${list}`)).sids).toEqual(all.slice(-size));
      for (const at of [Math.floor(all.length / 2), Math.max(all.length - 20, 0)]) {
        const { cursor } = await pageOf(`filter: {sid: ["${all[at]}"]}, ${orderBy}`);
        const { sids } = await pageOf(`first: ${size}, after: ${JSON.stringify(cursor)}, ${list}`);
        expect(sids).toEqual(all.slice(at + 1, at + 1 + size));
      }
    }
  });
});

it('a page of names begins among others that are too many, and goes on', async () => {
  const [all, gone] = await Promise.all([newestFirst('true'), newestFirst("identity ^@ 'gone-'")]);
  const { cursor } = await pageOf(`filter: {sid: ["${all[all.length - GONE - NEAR + 10]}"]}`);
  const list = 'filter: {identity: {startsWith: "gone-"}}';
  expect((await pageOf(`${list}, after: ${JSON.stringify(cursor)}`)).sids).toEqual(gone.slice(0, 50));
});

describe.each(Object.entries(cases))('%s', (list, all) => {
  it.each(all)('by (%s) read no more than they show', async (args, rows) => {
    expect(await rowsRead(list, args)).toBeLessThanOrEqual(rows);
  });

  it('of one room name are read by it', async () => {
    expect(await rowsRead(list, '', { grant: { roomAdmin: true, room: sample['room_name'] } })).toBeLessThanOrEqual(
      PAGE,
    );
  });

  it('are as near deep in a long list', async () => {
    const { data } = await service.query<Record<string, { edges: { cursor: string }[] }>>(
      `{ ${list}(last: 200) { edges { cursor } } }`,
    );
    const after = data[list]!.edges[0]!.cursor;
    for (const planned of [false, true]) {
      expect(await rowsRead(list, `after: ${JSON.stringify(after)}`, { planned })).toBeLessThanOrEqual(PAGE);
    }
  });
});

describe('a stream', () => {
  it('of events reads no more than it tells, from any cursor', async () => {
    const { data } = await service.query<{ webhookEvents: { edges: { cursor: string }[] } }>(
      '{ webhookEvents(last: 200) { edges { cursor } } }',
    );
    const variables = { after: data.webhookEvents.edges[0]!.cursor };
    sent.length = 0;
    const subscriber = new Subscriber(connect(service), { query: events, variables });
    await subscriber.until(({ told }) => told.length >= 200);
    const pages = sent.filter(({ text }) => /from webhook_event/.test(text)).slice(0, 2);
    subscriber.stop();
    // Each partition has a row ready.
    for (const page of pages) expect(await rowsOf([page])).toBeLessThanOrEqual(PAGE + 20);
  });

  it('of rooms reads those that changed, however many had their names', async () => {
    const query = 'subscription { roomChanged { sid name } }';
    const subscriber = new Subscriber(connect(service), { query });
    const room = { sid: sample['room_sid'], name: sample['room_name'] };
    const told = { createdAt: String(until / 1000), room, ...media };
    sent.length = 0;
    for (let n = 0; subscriber.told.length === 0; n++) {
      await service.deliver(webhook('track_published', { id: `EV_plan${n}`, ...told }));
    }
    const [changed] = sent.filter(({ text }) => text.includes('as matches'));
    expect(await rowsOf([changed!])).toBeLessThanOrEqual(PAGE);
  });
});
