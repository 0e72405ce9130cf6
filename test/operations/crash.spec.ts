import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { play } from '../../src/cli/simulate/play.js';
import { Database } from '../../src/database/database.js';
import { EmbeddedServer } from '../../src/database/embedded/embedded-server.js';
import type { HealthReport } from '../../src/ledgers/ledger-health.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { amount } from '../support/amount.js';
import { killAll, serverProcesses, usedFolder } from '../support/embedded.js';
import { runService, type Ended } from '../support/process.js';
import { postSigned } from '../support/sign.js';
import { events, untilDrained } from '../support/spooling.js';
import { dumpTables } from '../support/tables.js';

const crashes = amount('CRASHES');

const victims = ['the service', 'Postgres', 'both'] as const;

describe.each(victims)('kill -9 of %s during intake', (victim) => {
  it(`loses no acknowledged event, ${crashes} times, and starts again by itself`, { timeout: 3_600_000 }, async () => {
    const folder = await usedFolder();
    const acknowledged = new Set<string>();
    for (let crash = 0; crash < crashes; crash++) {
      const service = runService({ DATA_DIR: folder });
      const url = await service.ready;
      const stop = new AbortController();
      const posting = postUntilRefused(url, { seed: crash, acknowledged, signal: stop.signal });
      const refused = posting.then(() => true);
      const known = acknowledged.size;
      const taking = vi.waitUntil(() => acknowledged.size > known + 1, { timeout: 60_000, interval: 5 });
      // Nothing may be refused before something is killed, at any time while events are taken.
      expect(await Promise.race([refused, taking.then(() => pause(randomInt(800), false))])).toBe(false);
      if (victim !== 'the service') for (const pid of serverProcesses(folder)) process.kill(pid, 'SIGKILL');
      if (victim !== 'Postgres') service.child.kill('SIGKILL');
      // A spool goes on taking events while Postgres is away.
      await pause(randomInt(20, 400));
      stop.abort();
      await posting;
      // A living service starts its server again; one more event must be taken.
      if (victim === 'Postgres')
        await Promise.race([postUntilTaken(url, acknowledged), service.ended.then(unexpected)]);
      service.child.kill('SIGKILL');
      await service.ended;
    }
    await drain(folder);
    await expectAllKept(folder, acknowledged);
  });
});

it('a Postgres that is killed costs no event', { timeout: 120_000, repeats: crashes - 1 }, async () => {
  const folder = await usedFolder();
  const service = runService({ DATA_DIR: folder });
  const url = await service.ready;
  const all = events(400);
  for (let at = 0; at < all.length; at += 40) {
    if (at === 120) killAll(serverProcesses(folder));
    const statuses = await Promise.all(all.slice(at, at + 40).map((event) => postSigned(url, event)));
    expect(new Set(statuses)).toEqual(new Set([200]));
  }
  await untilDrained(url);
  service.child.kill('SIGTERM');
  expect((await service.ended).code).toBe(0);
});

interface Posting {
  seed: number;
  acknowledged: Set<string>;
  signal: AbortSignal;
}

/** Posts a play's events, many at once, until something is not answered, or it is told to stop. */
async function postUntilRefused(url: string, { seed, acknowledged, signal }: Posting): Promise<void> {
  const now = Date.now();
  const events = play({ seed, rooms: 20, count: 200_000, from: now - 60_000, to: now });
  let refused = false;
  const poster = async (): Promise<void> => {
    for (const { body } of events) {
      if (refused || signal.aborted) return;
      const status = await postSigned(url, body).catch(() => 0);
      if (status === 200) acknowledged.add(String(body['id']));
      else refused = true;
    }
  };
  await Promise.all(Array.from({ length: 24 }, poster));
}

function unexpected({ output, errors }: Ended): never {
  throw new Error(`the service ended: ${output}${errors}`);
}

async function postUntilTaken(url: string, acknowledged: Set<string>): Promise<void> {
  const now = Date.now();
  const [message] = play({ seed: 1, rooms: 1, count: 10, from: now, to: now });
  while ((await postSigned(url, message!.body).catch(() => 0)) !== 200) await pause(20);
  acknowledged.add(String(message!.body['id']));
}

/** Starts once more, until nothing waits in the spool. */
async function drain(folder: string): Promise<void> {
  const service = runService({ DATA_DIR: folder });
  const url = await service.ready;
  const waiting = async (): Promise<number> => {
    const health = (await (await fetch(`${url}/health`)).json()) as HealthReport;
    return health.intake === 'committing' ? health.spool.entries : Infinity;
  };
  while ((await waiting()) > 0) await pause(20);
  service.child.kill('SIGTERM');
  expect((await service.ended).code).toBe(0);
}

/** Every acknowledged event is in the log, and the tables are what the log says. */
async function expectAllKept(folder: string, acknowledged: Set<string>): Promise<void> {
  const server = await EmbeddedServer.start(folder);
  const database = new Database(server.url, 60_000, { embedded: server });
  try {
    const { rows } = await database.queries.query<{ id: string }>('select id from webhook_event where projected');
    const kept = new Set(rows.map(({ id }) => id));
    expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(crashes);
    const live = await dumpTables(database);
    await rebuild(database.url);
    expect(await dumpTables(database)).toEqual(live);
  } finally {
    await database.onApplicationShutdown();
  }
}
