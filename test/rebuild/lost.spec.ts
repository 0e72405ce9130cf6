import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Replay } from '../../src/rebuild/replay.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { swap } from '../../src/rebuild/swap.js';
import { verify } from '../../src/rebuild/verify.js';
import { inWorkspace, type Workspace } from '../../src/rebuild/workspace.js';
import { played, postAll } from '../support/load.js';
import { runProgram } from '../support/process.js';
import { startService, type Service } from '../support/service.js';
import { onCitus } from '../support/citus.js';
import { dumpTables } from '../support/tables.js';

const lostSentence = 'This run was given up: the connection that held its lock was lost.';

let service: Service;
let url: string;
let live: Record<string, string[]>;
beforeEach(async () => {
  service = await startService();
  ({ url } = service.database);
  await postAll(service, played(200));
  live = await dumpTables(service.database);
});
afterEach(() => service.stop());

describe('a rebuild', () => {
  it('goes on after its connections were cut, but for that of its lock', async () => {
    expect(await rebuild(url, () => void cut('pid not in'))).toBe(200);
    await expectTablesAsBefore();
  });

  it.each([rebuild, verify])('is given up when it loses its lock, and leaves nothing: %o', async (run) => {
    await expect(run(url, () => void cut('pid in'))).rejects.toThrow(lostSentence);
    await expectTablesAsBefore();
  });

  it('exchanges no tables without its lock', async () => {
    const before = await tableNumber();
    const swapped = inWorkspace(url, 'rebuild', async (workspace) => {
      const replay = new Replay(workspace, () => undefined);
      await replay.catchUp();
      await loseLock(workspace);
      return swap(workspace, replay.reached!, true);
    });
    await expect(swapped).rejects.toThrow(lostSentence);
    expect(await tableNumber()).toBe(before);
    await expectTablesAsBefore();
  });

  it.skipIf(onCitus)('is done once the tables are exchanged, though its lock is lost then', async () => {
    await misreport();
    const release = await holdEvent();
    const before = await tableNumber();
    const rebuilt = rebuild(url);
    await expect.poll(marks, { timeout: 20_000 }).toBe(1);
    await cut('pid in');
    await release();
    expect(await rebuilt).toBe(200);
    expect(await tableNumber()).not.toBe(before);
    expect(await notProjected()).toBe(0);
    await expectTablesAsBefore();
  });

  it.each([
    ['committed', 'commit', true],
    ['rolled back', 'rollback', false],
  ])('knows of an exchange without an answer that it was %s', async (_, command, swapped) => {
    const before = await tableNumber();
    const told = await inWorkspace(url, 'rebuild', async (workspace) => {
      const replay = new Replay(workspace, () => undefined);
      await replay.catchUp();
      breakOffCommits(workspace, command);
      return swap(workspace, replay.reached!, true);
    });
    expect(told).toBe(swapped);
    expect((await tableNumber()) !== before).toBe(swapped);
    await expectTablesAsBefore();
  });
});

describe('the marks of a rebuild that was killed after its exchange', () => {
  it.skipIf(onCitus)('are told to the log by the next start, which is ready before', async () => {
    await misreport();
    const release = await holdEvent();
    const { child, ended } = runProgram('cli/rebuild', { DATABASE_URL: url });
    await expect.poll(marks, { timeout: 20_000 }).toBe(1);
    child.kill('SIGKILL');
    await ended;
    await expect.poll(connections, { timeout: 20_000 }).toBe(0);
    const next = await startService({ databaseUrl: url });
    onTestFinished(() => next.stop());
    expect((await fetch(`${next.url}/health`)).status).toBe(200);
    expect({ marks: await marks(), notProjected: await notProjected() }).toEqual({ marks: 1, notProjected: 1 });
    await release();
    await expect.poll(notProjected, { timeout: 20_000 }).toBe(0);
    expect(await marks()).toBe(0);
    expect(await dumpTables(service.database)).toEqual(live);
  });

  it('are told by the next rebuild before its own, even those of another version', async () => {
    await service.database.intake.query(`insert into event_mark (id, project, created_seconds, problem)
      select id, project, created_seconds, 'unknown to another version' from webhook_event limit 150`);
    await misreport();
    expect(await rebuild(url)).toBe(200);
    expect({ marks: await marks(), notProjected: await notProjected() }).toEqual({ marks: 0, notProjected: 0 });
    await expectTablesAsBefore();
  });
});

async function expectTablesAsBefore(): Promise<void> {
  expect(await dumpTables(service.database)).toEqual(live);
  expect(await count(`pg_namespace where nspname like 'rebuilding%'`)).toBe(0);
}

/** Ends connections of a rebuild: those that hold the lock, or the others. */
async function cut(whose: string): Promise<void> {
  await service.database.queries.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
      and application_name ~ '^roomledger (rebuild|verify)$' and ${whose} (select pid from pg_locks where locktype = 'advisory')`,
  );
}

async function loseLock({ lost }: Workspace): Promise<void> {
  const aborted = new Promise((resolve) => lost.addEventListener('abort', resolve));
  await cut('pid in');
  await aborted;
}

/** Each commit becomes the command, whose answer never comes. */
function breakOffCommits({ database }: Workspace, command: string): void {
  database.intake.on('acquire', (client) => {
    const query = client.query.bind(client) as (...asked: unknown[]) => Promise<unknown>;
    const unanswered = async (): Promise<never> => {
      await query(command);
      throw new Error('Connection terminated unexpectedly');
    };
    Object.assign(client, {
      query: (asked: { name?: string }, ...rest: unknown[]) =>
        asked.name === 'commit' ? unanswered() : query(asked, ...rest),
    });
  });
}

/** The log says of an event that it was not projected. */
async function misreport(): Promise<void> {
  await service.database.intake.query(
    `update webhook_event set projected = false, problem = 'unknown event name' where id = (select min(id) from webhook_event)`,
  );
}

/** Nobody writes to the event that is misreported until it is released. */
async function holdEvent(): Promise<() => Promise<void>> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  await client.query('select from webhook_event where not projected for update');
  return () => client.end();
}

async function count(from: string): Promise<number> {
  const { rows } = await service.database.queries.query<{ count: number }>(`select count(*)::int from ${from}`);
  return rows[0]!.count;
}

async function tableNumber(): Promise<number> {
  const { rows } = await service.database.queries.query<{ oid: number }>(`select 'room'::regclass::oid`);
  return rows[0]!.oid;
}

const marks = (): Promise<number> => count('event_mark');
const notProjected = (): Promise<number> => count('webhook_event where not projected');
const connections = (): Promise<number> => count(`pg_stat_activity where application_name = 'roomledger rebuild'`);
