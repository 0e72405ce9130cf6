import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { played } from '../support/load.js';
import { runProgram } from '../support/process.js';
import { type Service, startService } from '../support/service.js';
import { dumpTables } from '../support/tables.js';

const hasPsql = spawnSync('psql', ['--version']).status === 0;

/** The commands that docs/operations.md gives. */
const [, copying] = /(for table in webhook_event[^]*?\ndone)\n/.exec(readFileSync('docs/operations.md', 'utf8'))!;

async function start(): Promise<Service> {
  const service = await startService();
  onTestFinished(() => service.stop());
  return service;
}

async function deliver(service: Service, bodies: readonly string[], key: string): Promise<void> {
  for (const body of bodies) await service.deliver(body, { key });
}

it.skipIf(!hasPsql)('a project that moved to a database of its own has the rows that it would have', async () => {
  const [shared, own, whole] = await Promise.all([start(), start(), start()]);
  const bodies = played(400);
  await deliver(whole, bodies, 'acmekey');
  await deliver(shared, bodies, 'devkey');
  await deliver(shared, bodies.slice(0, 300), 'acmekey');
  // LiveKit repeats what it has no answer to.
  await deliver(own, bodies.slice(290), 'acmekey');
  const env = { PATH: process.env['PATH']!, OLD: shared.database.url, NEW: own.database.url };
  execFileSync('sh', ['-ec', copying!], { env });
  const rebuilt = await runProgram('cli/rebuild', { DATABASE_URL: own.database.url }).ended;
  expect(rebuilt).toMatchObject({ code: 0, errors: '' });
  const expected = await dumpTables(whole.database);
  expect(expected['room']).not.toEqual([]);
  expect(await dumpTables(own.database)).toEqual(expected);
  expect(await runProgram('cli/verify', { DATABASE_URL: own.database.url }).ended).toMatchObject({ code: 0 });
});
