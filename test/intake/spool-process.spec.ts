import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Database } from '../../src/database/database.js';
import { amount } from '../support/amount.js';
import { runService } from '../support/process.js';
import { postSigned } from '../support/sign.js';
import { bytesIn, type Event, events, healthOf, openWay, spoolFolder, untilDrained } from '../support/spooling.js';

const options = { timeout: 120_000, repeats: amount('CRASHES') - 1 };

async function postEach(url: string, some: readonly Event[]): Promise<number[]> {
  return Promise.all(some.map((event) => postSigned(url, event)));
}

async function loggedIn(url: string): Promise<string[]> {
  const database = new Database(url, 10_000);
  const { rows } = await database.queries.query<{ id: string }>('select id from webhook_event order by id');
  await database.onApplicationShutdown();
  return rows.map(({ id }) => id);
}

const idsOf = (some: readonly Event[]) => some.map(({ id }) => id).sort();
const taken = (count: number) => Array.from({ length: count }, () => 200);

test('kill -9 loses nothing of the spool, in which no secret is', options, async () => {
  const { proxy, direct } = await openWay();
  const env = { DATABASE_URL: proxy.url, SPOOL_DIR: spoolFolder() };
  const all = events(100);
  const secret = { sid: 'RM_secret', name: 'secret', turnPassword: 'hush-hush' };
  all.push({ event: 'room_started', id: 'EV_secret', createdAt: String(Math.floor(Date.now() / 1000)), room: secret });

  const first = runService(env);
  const url = await first.ready;
  await proxy.cut();
  expect(await postEach(url, all)).toEqual(taken(101));
  expect(await healthOf(url)).toEqual({ status: 200, intake: 'spooling', blocked: 0, entries: 101 });
  first.child.kill('SIGKILL');
  const { errors } = await first.ended;
  expect(errors.match(/The database is away/g)).toHaveLength(1);
  const bytes = bytesIn(env.SPOOL_DIR);
  expect([bytes.includes('EV_secret'), bytes.includes('[redacted]'), bytes.includes('hush')]).toEqual([
    true,
    true,
    false,
  ]);

  await proxy.open();
  const second = runService(env);
  await untilDrained(await second.ready);
  expect(await loggedIn(direct)).toEqual(idsOf(all));
  second.child.kill('SIGTERM');
  expect((await second.ended).output).toContain('101 events of the spool are committed.');
});

test('a disk that fails refuses events, and takes them again when it is well', options, async () => {
  const { proxy, direct } = await openWay();
  const service = runService({ DATABASE_URL: proxy.url, SPOOL_DIR: spoolFolder() });
  const url = await service.ready;
  const limit = (bytes: string) => spawnSync('prlimit', [`--pid=${service.child.pid}`, `--fsize=${bytes}:`]).status;
  const all = events(60);

  await proxy.cut();
  expect(await postEach(url, all.slice(0, 20))).toEqual(taken(20));
  expect(limit('4096')).toBe(0);
  expect(new Set(await postEach(url, all.slice(20, 40)))).toEqual(new Set([503]));
  expect(await healthOf(url)).toEqual({ status: 503, intake: 'refusing', blocked: 0, entries: 20 });
  expect(limit('unlimited')).toBe(0);
  await expect.poll(() => healthOf(url), { timeout: 10_000 }).toMatchObject({ status: 200, intake: 'spooling' });
  expect(await postEach(url, all.slice(20))).toEqual(taken(40));
  await proxy.open();
  await untilDrained(url);
  expect(await loggedIn(direct)).toEqual(idsOf(all));
});

test('while the disk fails, what is spooled still finds its way', options, async () => {
  const { proxy, direct } = await openWay();
  const service = runService({ DATABASE_URL: proxy.url, SPOOL_DIR: spoolFolder() });
  const url = await service.ready;
  const all = events(40);
  await proxy.cut();
  expect(await postEach(url, all)).toEqual(taken(40));
  spawnSync('prlimit', [`--pid=${service.child.pid}`, '--fsize=4096:']);
  await proxy.open();
  await untilDrained(url);
  expect(await loggedIn(direct)).toEqual(idsOf(all));
});

test('two processes on one folder are one too many', options, async () => {
  const { direct } = await openWay();
  const env = { DATABASE_URL: direct, SPOOL_DIR: spoolFolder() };
  await runService(env).ready;
  const { code, errors } = await runService(env).ended;
  expect([code, errors]).toEqual([
    1,
    `The spool in ${env.SPOOL_DIR} is in use by another process. Give each one a SPOOL_DIR of its own.\n`,
  ]);
});
