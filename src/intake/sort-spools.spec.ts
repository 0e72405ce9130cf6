import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readSettings, type Environment } from '../settings/settings.js';
import { sortSpools } from './sort-spools.js';
import { Spool } from './spool/spool.js';

const keys = { LIVEKIT_KEYS: 'a: one, b@acme: two, c@set-aside: three' };
const shared = { DATABASE_URL: 'postgresql://h/shared' };
const own = 'acme=postgresql://h/acme, set-aside=postgresql://h/aside';

function folder(): string {
  const name = mkdtempSync(join(tmpdir(), 'roomledger-sort-'));
  onTestFinished(() => rmSync(name, { recursive: true, force: true }));
  return name;
}

async function using<T>(spoolDir: string, work: (spool: Spool) => Promise<T>): Promise<T> {
  const spool = await Spool.open({ spoolDir, spoolMaxBytes: 2 ** 20 });
  return work(spool).finally(() => spool.close());
}

const put = (spoolDir: string, projects: readonly string[]): Promise<void> =>
  using(spoolDir, (spool) =>
    spool.put(projects.map((project, at) => ({ project, receivedAt: 1_000 + at, event: { event: 'x', id: `${at}` } }))),
  );

const held = (spoolDir: string): Promise<string[]> =>
  using(spoolDir, async (spool) => {
    expect(spool.setAside).toBe(0);
    const entries = await spool.read('', 100);
    return entries.map(({ project, receivedAt, event }) => `${project} ${receivedAt} ${event['id'] as string}`);
  });

const sortFor = (env: Environment): Promise<void> => sortSpools(readSettings({ ...keys, ...env }));

it('events of projects that were given databases of their own leave the spool of the shared one', async () => {
  const spool = folder();
  await put(spool, ['default', 'acme', 'set-aside', 'acme']);
  await sortFor({ ...shared, DATABASE_URLS: own, SPOOL_DIR: spool });
  expect(await held(spool)).toEqual(['default 1000 0']);
  expect(await held(join(spool, 'projects/acme'))).toEqual(['acme 1001 1', 'acme 1003 3']);
  expect(await held(join(spool, 'projects/set-aside'))).toEqual(['set-aside 1002 2']);
});

it('events of projects that share a database again come back to its spool', async () => {
  const spool = folder();
  await put(join(spool, 'projects/acme'), ['acme', 'acme']);
  await sortFor({ ...shared, SPOOL_DIR: spool });
  expect(await held(spool)).toEqual(['acme 1000 0', 'acme 1001 1']);
  expect(await held(join(spool, 'projects/acme'))).toEqual([]);
});

it('events stay where no database is set for their project, or another process has the folder', async () => {
  const spool = folder();
  const gone = join(spool, 'projects/gone');
  await put(gone, ['gone']);
  await put(spool, ['acme']);
  const env = { LIVEKIT_KEYS: 'b@acme: two', DATABASE_URLS: 'acme=postgresql://h/acme', SPOOL_DIR: spool };
  await using(spool, () => sortFor(env));
  expect(await held(spool)).toEqual(['acme 1000 0']);
  await sortFor(env);
  expect([await held(gone), await held(spool)]).toEqual([['gone 1000 0'], []]);
});
