import { afterEach, beforeEach, expect, it } from 'vitest';
import { inTransaction } from '../../src/database/transaction.js';
import { logIsDistributed } from '../../src/database/distributed-log.js';
import { entriesOf, logEntries } from '../../src/intake/event-log.js';
import { readBody } from '../../src/webhook/read-body.js';
import { readEvent, type LedgerEvent } from '../../src/livekit/event.js';
import { project } from '../../src/projection/project.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { pagesOf, stretchSince } from '../../src/rebuild/log-pages.js';
import { verify } from '../../src/rebuild/verify.js';
import { inWorkspace } from '../../src/rebuild/workspace.js';
import { onCitus } from '../support/citus.js';
import { played, postAll, startPosting } from '../support/load.js';
import { startService, type Service } from '../support/service.js';
import { dumpTables } from '../support/tables.js';

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.stop());

const roomStarted = {
  event: 'room_started',
  id: 'EV_1',
  createdAt: '1772445600',
  room: { sid: 'RM_1', name: 'daily' },
};

it('changes nothing that can be seen, while events arrive and questions are asked', { timeout: 120_000 }, async () => {
  await postAll(service, played(300));
  const arrivals = startPosting(service, played(700));
  let asked = 0;
  const asking = async (): Promise<void> => {
    for (let before = 0; arrivals.underWay(); asked++) {
      const { data, errors } = await service.query<Counted>(
        '{ participants { totalCount { value } nodes { room { sid } } } }',
      );
      expect(errors).toBeUndefined();
      expect(data.participants.totalCount.value).toBeGreaterThanOrEqual(before);
      before = data.participants.totalCount.value;
    }
  };
  const rebuilding = async (): Promise<void> => {
    while (arrivals.underWay()) await rebuild(service.database.url);
  };
  await Promise.all([arrivals.all, asking(), asking(), rebuilding()]);
  expect(asked).toBeGreaterThan(2);
  const live = await dumpTables(service.database);
  expect(await verify(service.database.url)).toMatchObject({ events: 1000, differing: 0, marks: 0 });
  expect(await rebuild(service.database.url)).toBe(1000);
  expect(await dumpTables(service.database)).toEqual(live);
});

interface Counted {
  participants: { totalCount: { value: number } };
}

it('lets statements that were prepared before go on', async () => {
  await postAll(service, played(100));
  const client = await service.database.queries.connect();
  const ask = () => client.query({ name: 'all rooms', text: 'select sid, participant_count from room order by sid' });
  const before = await ask();
  await rebuild(service.database.url);
  expect((await ask()).rows).toEqual(before.rows);
  client.release();
  expect(before.rows.length).toBeGreaterThan(0);
});

it('leaves to a transaction that has come no further than the log to project by itself', async () => {
  const { intake, url } = service.database;
  const event = read(roomStarted);
  await inTransaction(intake, async (run) => {
    await logEntries(run, entriesOf([event]), { distributed: await logIsDistributed(intake) });
    expect(await rebuild(url)).toBe(0);
    return project(run, [event]);
  });
  expect(await sids()).toEqual(['RM_1']);
  expect((await verify(url)).differing).toBe(0);
});

it('waits for a transaction that writes to the tables, and takes what it wrote along', async () => {
  const { intake, url } = service.database;
  await postAll(service, played(100));
  const event = read(roomStarted);
  let rebuilt: Promise<number> | undefined;
  await inTransaction(intake, async (run) => {
    await logEntries(run, entriesOf([event]), { distributed: await logIsDistributed(intake) });
    for (const statement of await project(run, [event])) await run(statement);
    let tried = (): void => undefined;
    const reported = new Promise<void>((resolve) => (tried = resolve));
    rebuilt = rebuild(url, tried);
    await reported;
    return [];
  });
  expect(await rebuilt).toBe(101);
  expect(await sids()).toContain('RM_1');
});

it('projects what an older version could not, and says so in the log', async () => {
  const unknown = { event: 'room_dreamt', id: 'EV_2', createdAt: '1772445601', room: { sid: 'RM_1', name: 'daily' } };
  for (const event of [roomStarted, unknown]) expect((await service.post(JSON.stringify(event))).status).toBe(200);
  const tables = await dumpTables(service.database);
  const { intake, url } = service.database;
  await intake.query('delete from room');
  await intake.query(`update webhook_event set projected = false, problem = 'unknown event name' where id = 'EV_1'`);
  expect(await notProjected()).toEqual(['EV_1', 'EV_2']);
  expect(await verify(url)).toMatchObject({ differing: 1, marks: 1 });
  expect(await notProjected()).toEqual(['EV_1', 'EV_2']);
  expect(await rebuild(url)).toBe(2);
  expect(await notProjected()).toEqual(['EV_2']);
  expect(await dumpTables(service.database)).toEqual(tables);
});

it('runs once at a time', async () => {
  await inWorkspace(service.database.url, 'verify', async () => {
    await expect(rebuild(service.database.url)).rejects.toThrow(
      'Another rebuild or verification of this database is running.',
    );
  });
  expect(await rebuild(service.database.url)).toBe(0);
});

function read(event: object): LedgerEvent {
  return readEvent('default', readBody(Buffer.from(JSON.stringify(event))), 1_772_445_600_300);
}

async function sids(): Promise<string[]> {
  const { rows } = await service.database.queries.query<{ sid: string }>('select sid from room');
  return rows.map(({ sid }) => sid);
}

async function notProjected(): Promise<string[]> {
  const { data } = await service.query<{ webhookEvents: { nodes: { id: string }[] } }>(
    '{ webhookEvents(filter: { projected: false }) { nodes { id } } }',
  );
  return data.webhookEvents.nodes.map(({ id }) => id).sort();
}

it.skipIf(onCitus)('reads few rows at once of a log of large events, and each of them once', async () => {
  const { intake } = service.database;
  const payload = `json_build_object('id', 'EV_' || n, 'text', repeat('x', 500000))`;
  await intake.query(`insert into webhook_event (project, id, created_seconds, event, created_at, received_at,
      deliveries, projected, problem, payload, epoch)
    select 'default', 'EV_' || n, 1772445600, 'room_dreamt', now(), now(), 1, false, 'unknown event name', ${payload},
      (select epoch from log_epoch) from generate_series(1, 200) n`);
  const asked: unknown[] = [];
  const found: string[] = [];
  const counts: number[] = [];
  const log = { home: 'public', distributed: false };
  await inTransaction(intake, async (run) => {
    const spied: typeof run = (statement) => {
      if (statement.name === 'log page') asked.push(statement.values.at(-1));
      return run(statement);
    };
    for await (const page of pagesOf(spied, log, await stretchSince(run, log, null))) {
      found.push(...page.map(({ id }) => id));
      counts.push(page.length);
    }
    return [];
  });
  expect(found).toEqual(Array.from({ length: 200 }, (_, at) => `EV_${at + 1}`));
  expect(counts.slice(0, 2)).toEqual([17, 17]);
  expect(asked.slice(0, 3)).toEqual([125, 34, 34]);
});
