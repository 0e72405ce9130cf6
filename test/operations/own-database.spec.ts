import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { Ledgers } from '../../src/ledgers/ledgers.service.js';
import { createDatabase } from '../support/database.js';
import { played } from '../support/load.js';
import { runProgram } from '../support/process.js';
import { type Service, type ServiceOptions, startService } from '../support/service.js';
import { dumpTables } from '../support/tables.js';

const hasPsql = spawnSync('psql', ['--version']).status === 0;

/** The commands that docs/operations.md gives. */
const [, copying] = /(for table in webhook_event[^]*?\ndone)\n/.exec(readFileSync('docs/operations.md', 'utf8'))!;

async function start(options?: ServiceOptions): Promise<Service> {
  const service = await startService(options);
  onTestFinished(() => service.stop());
  return service;
}

async function deliver(service: Service, bodies: readonly string[], key: string): Promise<void> {
  for (const body of bodies) await service.deliver(body, { key });
}

it.skipIf(!hasPsql)('a project that moved to a database of its own has the rows that it would have', async () => {
  const [database, ownDatabase, whole] = await Promise.all([createDatabase(), createDatabase(), start()]);
  onTestFinished(() => Promise.all([database.drop(), ownDatabase.drop()]).then(() => undefined));
  const [OLD, NEW] = [database.url, ownDatabase.url];
  const bodies = played(400);
  await deliver(whole, bodies, 'acmekey');

  const before = await startService({ databaseUrl: OLD });
  await deliver(before, bodies, 'devkey');
  await deliver(before, bodies.slice(0, 300), 'acmekey');
  await before.stop();
  const after = await start({
    databaseUrl: OLD,
    settings: { ownDatabases: new Map([['acme', { url: NEW, readUrls: [] }]]) },
  });
  // LiveKit repeats what it has no answer to.
  await deliver(after, bodies.slice(290), 'acmekey');

  execFileSync('sh', ['-ec', copying!], { env: { PATH: process.env['PATH']!, OLD, NEW } });
  const env = {
    DATABASE_URL: OLD,
    DATABASE_URLS: `acme=${NEW}`,
    LIVEKIT_KEYS: 'devkey: secret, acmekey@acme: acme-secret',
  };
  const rebuilt = await runProgram('cli/rebuild', env, ['--project', 'acme']).ended;
  expect(rebuilt).toMatchObject({ code: 0, errors: '' });
  const expected = await dumpTables(whole.database);
  expect(expected['room']).not.toEqual([]);
  expect(await dumpTables(after.app.get(Ledgers, { strict: false }).of('acme').database)).toEqual(expected);
  expect(await runProgram('cli/verify', env, ['--project', 'acme']).ended).toMatchObject({ code: 0 });
});
