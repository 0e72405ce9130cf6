import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json, text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Exports } from '../../src/export/exports.service.js';
import { record } from '../../harness/recorded.js';
import { now } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';

const many = 200_000;
const patient = { timeout: 15_000 };

let service: Service;
let locker: pg.Client;
beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
  await insertJobs(service, many);
  locker = new pg.Client({ connectionString: service.database.url });
  await locker.connect();
});
afterAll(async () => {
  await locker.end();
  await service.stop();
});

async function insertJobs({ database }: Service, count: number): Promise<void> {
  await database.intake.query(
    `insert into agent_job (project, job_id, waiting, started_at, start_source, last_seen_at, first_seen_at, type,
       agent_identity, status, info_clock, info)
     select 'default', 'AJ_' || lpad(n::text, 6, '0'), false, time, 'REPORTED', time, time, 'JT_ROOM', 'agent-' || n, 'JS_RUNNING', '',
       jsonb_build_object('note', repeat('x', 200))
     from generate_series(1, $1) as n, (select timestamptz '2026-11-24 10:00:00Z' as time) as moment`,
    [count],
  );
  await database.intake.query('analyze agent_job');
}

/** An answer on a connection of its own, read no further than its head. */
async function start(file: string, from = service, { method = 'GET', key = 'devkey' } = {}): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${await from.token({ roomList: true }, { key })}` };
  const asked = request(`${from.url}/export/${file}`, { method, headers, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer;
}

async function statusOf(file: string): Promise<number | undefined> {
  const answer = await start(file);
  answer.destroy();
  return answer.statusCode;
}

/** Meanwhile no page of jobs can be read. */
async function locked(run: () => Promise<unknown>): Promise<void> {
  await locker.query('begin');
  await locker.query('lock table agent_job in access exclusive mode');
  await run().finally(() => locker.query('rollback'));
}

async function waiting(): Promise<number> {
  const { rows } = await service.database.intake.query(
    "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and backend_type = 'client backend'",
  );
  return rows.length;
}

function busy(): number {
  const { queries } = service.database;
  return queries.totalCount - queries.idleCount;
}

describe('a client that goes away', () => {
  it('ends the statement under way, and its connection', async () => {
    const unbounded = await startService({ databaseUrl: service.database.url });
    const { queries } = unbounded.database;
    const authorization = `Bearer ${await unbounded.token({ roomList: true })}`;
    await locked(async () => {
      const client = request(`${unbounded.url}/export/agentJobs.csv`, {
        headers: { authorization },
        agent: false,
      }).end();
      await expect.poll(waiting, patient).toBe(1);
      client.destroy();
      await expect(once(client, 'response')).rejects.toThrow('socket hang up');
      await expect.poll(waiting, { timeout: 8_000 }).toBe(0);
      await expect.poll(() => queries.totalCount, patient).toBe(0);
    });
    await unbounded.stop();
  });

  it('frees a place for others', async () => {
    const four = await Promise.all([1, 2, 3, 4].map(() => start('agentJobs.csv')));
    const refused = await start('agentJobs.jsonl');
    expect([refused.statusCode, refused.headers['retry-after'], await json(refused)]).toEqual([
      503,
      '5',
      { code: 'TOO_MANY_EXPORTS', message: '4 exports of the project are under way, as many as there may be.' },
    ]);
    four[0]!.destroy();
    await expect.poll(() => statusOf('rooms.csv'), patient).toBe(200);
    for (const answer of four) answer.destroy();
    await expect.poll(busy, patient).toBe(0);
  });

  it('frees it too when it stays but takes nothing', async () => {
    const exports = service.app.get(Exports, { strict: false });
    const three = await Promise.all([1, 2, 3].map(() => start('agentJobs.csv')));
    Object.assign(exports, { patienceMs: 2_000 });
    onTestFinished(() => void Object.assign(exports, { patienceMs: 60_000 }));
    const fourth = await start('agentJobs.csv');
    await expect.poll(() => statusOf('rooms.csv'), patient).toBe(200);
    await expect(text(fourth)).rejects.toThrow('aborted');
    for (const answer of three) answer.destroy();
  });

  it('frees it too when it takes a little now and then', async () => {
    const exports = service.app.get(Exports, { strict: false });
    const three = await Promise.all([1, 2, 3].map(() => start('agentJobs.csv')));
    Object.assign(exports, { patienceMs: 2_000 });
    onTestFinished(() => void Object.assign(exports, { patienceMs: 60_000 }));
    const slow = await start('agentJobs.csv');
    const sipping = setInterval(() => slow.read(1_000), 200);
    onTestFinished(() => clearInterval(sipping));
    expect(await statusOf('rooms.csv')).toBe(503);
    await expect.poll(() => statusOf('rooms.csv'), patient).toBe(200);
    for (const answer of [...three, slow]) answer.on('error', () => undefined).destroy();
  });

  it('takes no place of another project', async () => {
    const four = await Promise.all([1, 2, 3, 4].map(() => start('agentJobs.csv')));
    expect(await statusOf('agentJobs.csv')).toBe(503);
    const other = await start('rooms.csv', service, { key: 'acmekey' });
    expect([other.statusCode, await text(other)]).toEqual([200, expect.stringMatching(/^id,/)]);
    for (const answer of four) answer.destroy();
    await expect.poll(busy, patient).toBe(0);
  });

  it('who wants the head only gets it', async () => {
    for (const _again of Array(6)) {
      const answer = await start('agentJobs.csv', service, { method: 'HEAD' });
      expect([answer.statusCode, await text(answer)]).toEqual([200, '']);
    }
  });
});

describe('a failure', () => {
  let hurried: Service;
  beforeAll(async () => {
    hurried = await startService({ databaseUrl: service.database.url, settings: { statementTimeoutMs: 750 } });
  });
  afterAll(() => hurried.stop());

  it('before the first byte is an answer', async () => {
    const told = { code: 'TIMEOUT', message: 'The query took longer than a statement may.' };
    await locked(async () => {
      const usage = 'usage.csv?meter=AGENT_JOB&from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z';
      for (const file of ['agentJobs.csv', usage]) {
        const answer = await start(file, hurried);
        expect([answer.statusCode, await json(answer)]).toEqual([504, told]);
      }
    });
  });

  it('after it breaks the file off, visibly', async () => {
    for (const file of ['agentJobs.csv', 'agentJobs.jsonl']) {
      const response = await start(file, hurried);
      expect(response.statusCode).toBe(200);
      await locked(() => expect(text(response)).rejects.toThrow('aborted'));
    }
  });

  it('of the service, which stops, does too', async () => {
    const stopping = await startService();
    await insertJobs(stopping, 50_000);
    const response = await start('agentJobs.csv', stopping);
    await stopping.stop();
    await expect(text(response)).rejects.toThrow('aborted');
  });
});

describe('an export of large rows', () => {
  it('has each once, and pages of a megabyte', async () => {
    const count = 300;
    await service.database.intake.query(
      `insert into egress (project, egress_id, started_at, start_source, last_seen_at, first_seen_at, status, source_type,
         outputs, told_end_exact, info_clock, info)
       select 'default', 'EG_' || n, time + n * interval '1 s', 'REPORTED', time, time, 'EGRESS_ACTIVE', '', '{}', false, '',
         jsonb_build_object('note', repeat(n::text, case when n < 250 then 1 else 170000 end))
       from generate_series(1, $1) as n, (select timestamptz '2026-11-24 10:00:00Z' as time) as moment`,
      [count],
    );
    const sent = record(service.database.queries);
    const lines = (await text(await start('egresses.jsonl'))).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { egressId: string }).egressId)).toEqual(
      Array.from({ length: count }, (_, n) => `EG_${n + 1}`),
    );
    const pages = sent.filter(({ text: sql }) => sql.includes('from egress')).length;
    // Half a megabyte each; one page more where they begin, and at the end.
    expect(pages).toBeGreaterThan(20);
    expect(pages).toBeLessThan(60);
  });
});

describe('an export of very many rows', () => {
  const range = 'from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z';
  it.each([
    'agentJobs.jsonl',
    `usage.jsonl?meter=AGENT_JOB&${range}&groupBy=${encodeURIComponent('[{"field":"IDENTITY"}]')}`,
  ])('takes no more memory than one of few, and is whole: %s', async (file) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held: number[] = [];
    let lines = 0;
    let chunks = 0;
    for await (const chunk of await start(file)) {
      for (const byte of chunk as Uint8Array) if (byte === 10) lines++;
      if (chunks++ % 250 !== 0) continue;
      collect();
      const { heapUsed, external } = process.memoryUsage();
      held.push((heapUsed + external) / 2 ** 20);
    }
    expect(lines).toBe(many);
    expect(held.length).toBeGreaterThan(4);
    // It may fall: what tests before this one left is collected too.
    expect(Math.max(...held) - held[0]!).toBeLessThan(40);
  });
});
