import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, type MockInstance, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../src/database/database.module.js';
import { EmbeddedServer } from '../../src/database/embedded/embedded-server.js';
import { runningServer } from '../../src/database/embedded/running-server.js';
import { readSettings } from '../../src/settings/settings.js';
import {
  emptyFolder,
  killAll,
  processesOn,
  query,
  serverProcesses,
  start,
  startApart,
  usedFolder,
} from '../support/embedded.js';

const gone = { timeout: 20_000, interval: 20 };

describe('an embedded server', () => {
  test('keeps what was written over a stop and a start', async () => {
    const folder = emptyFolder();
    const first = await start(folder);
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    await first.stop();
    expect(processesOn(folder)).toEqual([]);

    const second = await start(folder);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  test('is closed to everyone else', async () => {
    const folder = emptyFolder();
    const { url } = await start(folder);
    const mode = (path: string): string => (statSync(join(folder, path)).mode & 0o777).toString(8);
    expect([mode('.'), mode('postgres'), mode('postgres/cluster'), mode('postgres/password')]).toEqual([
      '700',
      '700',
      '700',
      '600',
    ]);
    await expect(query(url.replace(/:[0-9a-f]+@/, ':guess@'), 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    );
    expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(url, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  test('runs its folder alone: a second start is refused and names the first', async () => {
    const folder = await usedFolder();
    const first = startApart(folder);
    const { url = '' } = await first.outcome;
    await expect(EmbeddedServer.start(folder)).rejects.toThrow(
      `is in use by the Roomledger service with pid ${first.process.pid}.`,
    );
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);

    await first.end();
    await start(folder);
  });

  test.each(['through a link', 'through a link, first', 'with dots and a slash'])(
    'runs its folder alone where there is no flock and the second start spells it %s',
    async (spelling) => {
      const folder = await usedFolder();
      const link = `${folder}-link`;
      symlinkSync(folder, link);
      onTestFinished(() => rmSync(link));
      const spelt = spelling.startsWith('through') ? link : `${folder}/postgres/../`;
      const [one, other] = spelling.endsWith('first') ? [spelt, folder] : [folder, spelt];
      const bare = { ...process.env, PATH: '/nowhere' };
      const first = startApart(one, bare);
      const { url = '' } = await first.outcome;
      const [postmaster] = serverProcesses(folder);
      const { error } = await startApart(other, bare).outcome;
      expect(error).toContain(`is in use by the Roomledger service with pid ${first.process.pid}.`);
      expect(serverProcesses(folder)[0]).toBe(postmaster);
      expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
      expect(runningServer(other)).toBe(url);
    },
  );

  test.each([
    ['empty', () => Promise.resolve(emptyFolder())],
    ['used', usedFolder],
  ])('is won by one of three that start at once on an %s folder', async (_, makeFolder) => {
    const folder = await makeFolder();
    const starters = [startApart(folder), startApart(folder), startApart(folder)];
    const outcomes = await Promise.all(starters.map((starter) => starter.outcome));
    const won = outcomes.filter((outcome) => outcome.url !== undefined);
    expect(won).toHaveLength(1);
    for (const { error } of outcomes.filter((outcome) => outcome !== won[0])) expect(error).toContain('is in use by');
    expect(await query(won[0]?.url ?? '', 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });
});

describe('after kill -9', () => {
  test('of its service the server stops by itself, and the next start has its data', async () => {
    const folder = await usedFolder();
    const killed = startApart(folder);
    await query((await killed.outcome).url ?? '', 'CREATE TABLE kept AS SELECT 1 AS n');
    await killed.kill();
    await vi.waitUntil(() => processesOn(folder).length === 0, gone);

    const next = await start(folder);
    expect(await query(next.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  test('of its service the next start need not wait for the server to stop', async () => {
    const folder = await usedFolder();
    const killed = startApart(folder);
    await killed.outcome;
    await killed.kill();
    const { url } = await start(folder);
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  test('of its service and watchdog the next start stops the orphan', async () => {
    const folder = await usedFolder();
    const killed = startApart(folder);
    await query((await killed.outcome).url ?? '', 'CREATE TABLE kept AS SELECT 1 AS n');
    const server = serverProcesses(folder);
    const watchdogs = processesOn(folder).filter((pid) => !server.includes(pid));
    killAll(watchdogs);
    await killed.kill();

    const next = await start(folder);
    expect(await query(next.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    expect(serverProcesses(folder)[0]).not.toBe(server[0]);
  });

  test('of everything the next start recovers', async () => {
    const folder = await usedFolder();
    const killed = startApart(folder);
    await query((await killed.outcome).url ?? '', 'CREATE TABLE kept AS SELECT 1 AS n');
    killAll([...processesOn(folder), ...serverProcesses(folder)]);

    const next = await start(folder);
    expect(await query(next.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  test('of its service while it starts the next start comes up', async () => {
    const folder = emptyFolder();
    for (const found of ['postgres.new-', 'PG_VERSION', 'postmaster.pid']) {
      const killed = startApart(folder);
      await vi.waitUntil(() => contains(folder, found), gone);
      await killed.kill();
    }
    const { url } = await start(folder);
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  test.each([
    ['the server', (folder: string) => serverProcesses(folder).slice(0, 1)],
    ['all of the server', serverProcesses],
    ['the watchdog', (folder: string) => processesOn(folder).filter((pid) => !serverProcesses(folder).includes(pid))],
    [
      'the watchdog and all of the server',
      (folder: string) => [...processesOn(folder), ...serverProcesses(folder).slice(1)],
    ],
  ])('of %s the service starts it again, at the same address', async (_, victims) => {
    const folder = await usedFolder();
    const { url } = await start(folder);
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS n');
    const [postmaster] = serverProcesses(folder);
    killAll(victims(folder));
    await vi.waitUntil(() => serverProcesses(folder).length > 1 && serverProcesses(folder)[0] !== postmaster, gone);
    await vi.waitFor(async () => expect(await query(url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]), gone);
    await expect(EmbeddedServer.start(folder)).rejects.toThrow(
      `is in use by the Roomledger service with pid ${process.pid}.`,
    );
  });

  test('of a child of the server, which ends every connection, the service still owns it', async () => {
    const folder = await usedFolder();
    const { url } = await start(folder);
    process.kill(serverProcesses(folder)[1] ?? 0, 'SIGKILL');
    await vi.waitFor(() => query(url, 'SELECT 1'), gone);
    await expect(EmbeddedServer.start(folder)).rejects.toThrow(
      `is in use by the Roomledger service with pid ${process.pid}.`,
    );
  });
});

test('leaves a folder alone whose lock is held by what it cannot see', async () => {
  const folder = await usedFolder();
  const elsewhere = spawn('flock', [join(folder, 'postgres/lock'), 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void elsewhere.kill('SIGKILL'));
  elsewhere.stdin.write('held');
  await once(elsewhere.stdout, 'data');
  const late = seconds();
  await expect(EmbeddedServer.start(folder)).rejects.toThrow('is in use by a server that this process cannot see');
  late.mockRestore();

  elsewhere.stdin.end();
  await once(elsewhere, 'exit');
  const { url } = await start(folder);
  expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

describe('a folder that is not ours', () => {
  test.each<[string, (folder: string) => void, string]>([
    [
      "another server's folder",
      (folder) => writeFileSync(join(folder, 'PG_VERSION'), '18'),
      "is another Postgres server's folder",
    ],
    [
      'a foreign folder of our name',
      (folder) => mkdirSync(join(folder, 'postgres')),
      'is no embedded Postgres of Roomledger',
    ],
    [
      'a cluster without its password',
      (folder) => rmSync(join(folder, 'postgres/password')),
      'is no embedded Postgres of Roomledger',
    ],
    [
      'another major version',
      (folder) => writeFileSync(join(folder, 'postgres/cluster/PG_VERSION'), '17\n'),
      'was written by PostgreSQL 17, and this is 18',
    ],
    [
      'a damaged cluster',
      (folder) => truncateSync(join(folder, 'postgres/cluster/global/pg_control'), 100),
      'does not start (could not read file',
    ],
  ])('is refused: %s', async (name, spoil, sentence) => {
    const foreign = name.includes('folder');
    const folder = foreign ? emptyFolder() : await usedFolder();
    if (foreign) chmodSync(folder, 0o755);
    spoil(folder);
    const started = EmbeddedServer.start(folder);
    await expect(started).rejects.toThrow(sentence);
    await expect(started).rejects.toThrow(/Set (DATA_DIR|DATABASE_URL) to .*\.$/);
    expect(processesOn(folder)).toEqual([]);
    expect(statSync(folder).mode & 0o777).toBe(foreign ? 0o755 : 0o700);
  });

  test('is refused when it is a file', async () => {
    const file = join(emptyFolder(), 'file');
    writeFileSync(file, '');
    await expect(EmbeddedServer.start(file)).rejects.toThrow(`DATA_DIR ${file} cannot be used`);
  });
});

test('is the database without a URL, stopped when that is closed', async () => {
  const folder = emptyFolder();
  const embedded = await openDatabase(readSettings({ DATA_DIR: folder }));
  expect((await embedded.queries.query('SELECT epoch FROM log_epoch')).rows).toEqual([{ epoch: 1 }]);
  await embedded.onApplicationShutdown();
  expect(processesOn(folder)).toEqual([]);
});

test("starts though the number in a dead server's postmaster.pid is now a stranger's", async () => {
  const folder = await usedFolder();
  const killed = startApart(folder);
  await killed.outcome;
  killAll([...processesOn(folder), ...serverProcesses(folder)]);
  const file = join(folder, 'postgres/cluster/postmaster.pid');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid)));
  const { url } = await start(folder);
  expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

/** A clock that is a second further each time somebody looks at it. */
function seconds(): MockInstance<() => number> {
  let now = Date.now();
  return vi.spyOn(Date, 'now').mockImplementation(() => (now += 1_000));
}

function contains(folder: string, found: string): boolean {
  return (readdirSync(folder, { recursive: true }) as string[]).some((path) => path.includes(found));
}
