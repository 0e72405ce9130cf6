import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { amount } from '../support/amount.js';
import { played, postAll } from '../support/load.js';
import { runProgram } from '../support/process.js';
import { startService, type Service } from '../support/service.js';
import { dumpTables } from '../support/tables.js';

const crashes = amount('CRASHES') + 1;
/** About as long as a rebuild of these events takes. */
const longestMs = 1500;

let service: Service;
beforeAll(async () => {
  service = await startService();
  await postAll(service, played(2000));
});
afterAll(() => service.stop());

it(`kill -9 of a rebuild leaves the tables as they are, ${crashes} times`, { timeout: 3_600_000 }, async () => {
  const { database } = service;
  const live = await dumpTables(database);
  for (let crash = 0; crash < crashes; crash++) {
    const { child, ended } = runProgram('cli/rebuild', { DATABASE_URL: database.url });
    while (child.exitCode === null && !(await isUnderWay())) await pause(5);
    await pause(randomInt(0, longestMs));
    child.kill('SIGKILL');
    await ended;
    expect(await dumpTables(database)).toEqual(live);
    while (await isUnderWay()) await pause(5);
  }
  expect(await rebuild(database.url)).toBe(2000);
  expect(await dumpTables(database)).toEqual(live);
  const left = await database.queries.query(`select nspname from pg_namespace where nspname like 'rebuilding%'`);
  expect(left.rows).toEqual([]);
});

async function isUnderWay(): Promise<boolean> {
  const report = (await (await fetch(`${service.url}/health`)).json()) as { rebuild: unknown };
  return report.rebuild !== null;
}
