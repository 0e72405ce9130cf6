import { afterAll, beforeAll, expect, it } from 'vitest';
import { play } from '../../src/cli/simulate/play.js';
import { Database } from '../../src/database/database.js';
import { commitEvents } from '../../harness/commit-events.js';
import { readBody } from '../../src/webhook/read-body.js';
import { readEvent } from '../../src/livekit/event.js';
import { amount } from '../support/amount.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { shuffled } from '../support/histories.js';
import { runService } from '../support/process.js';
import { postSigned } from '../support/sign.js';
import { dumpTables } from '../support/tables.js';

let shared: TestDatabase;
let single: TestDatabase;

beforeAll(async () => {
  [shared, single] = await Promise.all([createDatabase(), createDatabase()]);
});
afterAll(() => Promise.all([shared.drop(), single.drop()]));

it('three services on one server, each sent everything twice and mixed, give the tables of one', async () => {
  const now = Date.now();
  const bodies = [...play({ seed: 7, rooms: 12, count: amount('EVENTS'), from: now - 600_000, to: now })].map(
    ({ body }) => body,
  );
  const replicas = Array.from({ length: 3 }, () => runService({ DATABASE_URL: shared.url }));
  const urls = await Promise.all(replicas.map(({ ready }) => ready));
  const statuses = await Promise.all(
    urls.map((url, replica) => postAll(url, shuffled([...bodies, ...bodies], replica + 1))),
  );
  expect(new Set(statuses.flat())).toEqual(new Set([200]));
  await commitAll(bodies, now);
  expect(await tablesOf(shared.url)).toEqual(await tablesOf(single.url));
}, 3_600_000);

/** Thirty requests at once. */
async function postAll(url: string, bodies: object[]): Promise<number[]> {
  const statuses: number[] = [];
  const waiting = bodies.values();
  const poster = async (): Promise<void> => {
    for (const body of waiting) statuses.push(await postSigned(url, body));
  };
  await Promise.all(Array.from({ length: 30 }, poster));
  return statuses;
}

/** The single writer: one event after the other. */
async function commitAll(bodies: object[], now: number): Promise<void> {
  const database = new Database(single.url, 10_000);
  for (const body of bodies) {
    await commitEvents(database.intake, [readEvent('default', readBody(Buffer.from(JSON.stringify(body))), now)]);
  }
  await database.onApplicationShutdown();
}

async function tablesOf(url: string): Promise<Record<string, string[]>> {
  const database = new Database(url, 10_000);
  const tables = await dumpTables(database);
  await database.onApplicationShutdown();
  return tables;
}
