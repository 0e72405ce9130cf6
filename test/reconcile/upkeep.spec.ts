import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { Database } from '../../src/database/database.js';
import type { LivekitAccount } from '../../src/settings/livekit-accounts.js';
import { readSettings } from '../../src/settings/settings.js';
import { Upkeep } from '../../src/reconcile/upkeep.service.js';
import { amount } from '../support/amount.js';
import { commitBatches } from '../support/commits.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { hasten } from '../support/hasten.js';
import { LivekitServer } from '../support/livekit-server.js';
import { runService } from '../support/process.js';
import { startService } from '../support/service.js';
import { ToyLivekit } from '../support/toy-livekit.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const began = Date.UTC(2026, 2, 3, 10);

let home: TestDatabase;
let database: Database;
let livekit: ToyLivekit;
let server: LivekitServer;
let now = began;

beforeEach(async () => {
  home = await createDatabase();
  database = new Database(home.url, 10_000);
  livekit = new ToyLivekit();
  server = await LivekitServer.start(livekit.answer);
  const room = { sid: 'RM_1', name: 'daily', creationTimeMs: String(began) };
  const event = { event: 'room_started', id: 'EV_1', createdAt: String(began / 1000), room };
  const arrived = { body: Buffer.from(JSON.stringify(event)), receivedAt: began };
  await commitBatches(database, 'default', { batches: [[arrived]] });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server.stop();
  await database.onApplicationShutdown();
  await home.drop();
});

const asking = (account: LivekitAccount, expireAfterMs: number | null = null) => ({
  livekitAccounts: new Map([['default', account]]),
  expireAfterMs,
});
const upkeepOf = (...what: Parameters<typeof asking>): Upkeep =>
  new Upkeep(database, { ...readSettings({}), ...asking(...what) }, { now: () => now });

const endSource = async (): Promise<string | null> => (await database.prisma.room.findFirst())!.endSource;

it('ends nothing with a wrong key, and says so once an hour', async () => {
  const account = { ...server.account, secret: 'a-wrong-secret-0123456789abcdef' };
  const upkeep = upkeepOf(account, HOUR);
  const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  for (let minute = 0; minute < 125; minute++) {
    now = began + HOUR + minute * MINUTE;
    await upkeep.round();
  }
  const msg =
    'LiveKit does not tell its rooms, egress, ingress: 401 invalid token. Nothing of that is ended meanwhile.';
  expect(warn.mock.calls).toEqual([1, 2, 3].map(() => [{ msg, project: 'default' }]));
  expect(await endSource()).toBeNull();
  expect(upkeep.lastRounds.get('default')).toMatchObject({ failed: ['rooms', 'egress', 'ingress'], found: {} });
});

it('says what else fails within the hour, and once that LiveKit answers again', async () => {
  const upkeep = upkeepOf(server.account);
  const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  const log = vi.spyOn(Logger.prototype, 'log').mockReturnValue();
  const failing = ['ListEgress', 'ListIngress'];
  livekit.instead = ({ method }) => (failing.includes(method) ? { status: 500, body: {} } : undefined);
  livekit.rooms = [{ sid: 'RM_1', name: 'daily', createdAt: began, people: [] }];
  for (let minute = 0; minute < 4; minute++) {
    now = began + minute * MINUTE;
    if (minute === 2) failing.push('ListRooms');
    if (minute === 3) failing.length = 0;
    await upkeep.round();
  }
  const told = warn.mock.calls.map(([said]) => /its (.+?):/.exec((said as { msg: string }).msg)![1]);
  expect(told).toEqual(['egress, ingress', 'rooms, egress, ingress']);
  expect(log.mock.calls).toEqual([[{ msg: 'LiveKit tells again what it has.', project: 'default' }]]);
});

it('expires only what LiveKit does not confirm', async () => {
  const upkeep = upkeepOf(server.account, HOUR);
  vi.spyOn(Logger.prototype, 'log').mockReturnValue();
  livekit.rooms = [{ sid: 'RM_1', name: 'daily', createdAt: began, people: [] }];
  now = began + 30 * HOUR;
  await upkeep.round();
  expect(await endSource()).toBeNull();
});

it('looks a second time within half a minute where something is missing', async () => {
  hasten(30);
  const start = performance.now();
  const clock = { now: () => began + HOUR + Math.floor(performance.now() - start) };
  let asked = 0;
  const noted = server.asked('ListRooms').then(() => (asked = performance.now()));
  const ended = new Promise<void>((resolve) => {
    vi.spyOn(Logger.prototype, 'log').mockImplementation((said: unknown) => {
      if ((said as { found?: object }).found) resolve();
    });
  });
  const service = await startService({ databaseUrl: home.url, clock, settings: asking(server.account) });
  onTestFinished(() => service.stop());
  await Promise.all([noted, ended]);
  expect(performance.now() - asked).toBeLessThan(30_000);
  expect(await endSource()).toBe('RECONCILED');
});

it('leads on one replica at a time, and on the next one when that stops', async () => {
  hasten(20);
  const replica = (): ReturnType<typeof startService> =>
    startService({ databaseUrl: home.url, settings: asking(server.account) });
  const first = await replica();
  await server.asked('ListIngress');
  const second = await replica();
  onTestFinished(() => second.stop());
  const lead = (): unknown[] => [first, second].map(({ ledger }) => ledger.upkeep.lastRounds.size);
  await server.asked('ListIngress');
  expect(lead()[1]).toBe(0);
  await first.stop();
  await server.asked('ListIngress');
  await vi.waitFor(() => expect(lead()[1]).toBe(1));
});

it.runIf(amount('TAKEOVERS') > 0)(
  'leads on another replica within 30 s of the death of the one before',
  { timeout: 600_000 },
  async () => {
    const replica = () =>
      runService({
        DATABASE_URL: home.url,
        LIVEKIT_URL: server.account.url,
        LIVEKIT_API_KEY: 'devkey',
        LIVEKIT_API_SECRET: 'secret',
      });
    let leader = replica();
    await server.asked('ListRooms');
    for (let takeover = 0; takeover < amount('TAKEOVERS'); takeover++) {
      const next = replica();
      await next.ready;
      leader.child.kill('SIGKILL');
      await leader.ended;
      const died = performance.now();
      await server.asked('ListRooms');
      const seconds = (performance.now() - died) / 1000;
      console.log(`taken over after ${seconds.toFixed(1)} s`);
      expect(seconds).toBeLessThan(30);
      leader = next;
    }
  },
);
