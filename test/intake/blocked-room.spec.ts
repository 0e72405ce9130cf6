import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { type Service, startService } from '../support/service.js';
import { healthOf, openWay, spoolFolder, untilDrained } from '../support/spooling.js';

/** Longer than a lock is waited for, once; far shorter than it is held. */
const SOON_MS = 2_500;

async function start(): Promise<{ service: Service; admin: pg.Client }> {
  const { direct } = await openWay();
  const service = await startService({ databaseUrl: direct, settings: { spoolDir: spoolFolder() } });
  const admin = new pg.Client(direct);
  await admin.connect();
  onTestFinished(() => service.stop());
  onTestFinished(() => admin.end());
  return { service, admin };
}

let ids = 0;

/** Posts an event about a participant of a room. @returns the status, and how long the answer took, in ms */
async function post(service: Service, event: string, name: string): Promise<{ status: number; took: number }> {
  const began = performance.now();
  const [room, participant] = [
    { sid: `RM_${name}`, name },
    { sid: `PA_${name}`, identity: name },
  ];
  const createdAt = String(Math.floor(Date.now() / 1000));
  const { status } = await service.post(
    JSON.stringify({ event, id: `EV_${ids++}`, createdAt, room, participant, track: { sid: `TR_${ids}` } }),
  );
  return { status, took: performance.now() - began };
}

async function postTimes(service: Service, names: readonly string[]): Promise<{ status: number; took: number }[]> {
  return Promise.all(names.map((name) => post(service, 'track_published', name)));
}

const others = ['b', 'c', 'd', 'e', 'f'];

async function logged(admin: pg.Client): Promise<unknown> {
  const { rows } = await admin.query(
    'select count(*)::int as events, count(problem)::int as problems from webhook_event',
  );
  return rows[0];
}

async function holdParticipant(url: string): Promise<pg.Client> {
  const holder = new pg.Client(url);
  await holder.connect();
  onTestFinished(() => holder.end().catch(() => undefined));
  await holder.query(`begin; select from participant where sid = 'PA_a' for update`);
  return holder;
}

test('a row that somebody holds keeps only its room waiting, and that in the spool', { timeout: 60_000 }, async () => {
  const { service, admin } = await start();
  for (const name of ['a', ...others]) await post(service, 'participant_joined', name);
  const holder = await holdParticipant(service.database.url);
  for (let round = 0; round < 3; round++) {
    for (const { status, took } of await postTimes(service, ['a', ...others])) {
      expect(status).toBe(200);
      expect(took).toBeLessThan(SOON_MS);
    }
  }
  expect(await healthOf(service.url)).toMatchObject({ status: 200, intake: 'committing', blocked: 1, entries: 3 });
  expect(await logged(admin)).toEqual({ events: 6 + 15, problems: 0 });
  await holder.query('rollback');
  await untilDrained(service.url);
  expect(await logged(admin)).toEqual({ events: 24, problems: 0 });
});

test('a room on a damaged page keeps only itself waiting', { timeout: 60_000 }, async () => {
  const { service, admin } = await start();
  await admin.query(`create function damaged() returns trigger language plpgsql as
    $$ begin raise exception using errcode = 'XX001', message = 'invalid page'; end $$`);
  await admin.query(`create trigger damaged before insert or update on participant for each row
    when (new.room_name = 'a') execute function damaged()`);
  for (const { status } of await postTimes(service, ['a', ...others, 'a', ...others])) expect(status).toBe(200);
  expect(await healthOf(service.url)).toMatchObject({ intake: 'committing', blocked: 1, entries: 2 });
  expect(await logged(admin)).toEqual({ events: 10, problems: 0 });
  await admin.query('drop trigger damaged on participant');
  await untilDrained(service.url);
  expect(await logged(admin)).toEqual({ events: 12, problems: 0 });
});

test('a table that somebody locks is an outage for all until it is free', { timeout: 60_000 }, async () => {
  const { service, admin } = await start();
  await postTimes(service, others);
  const holder = new pg.Client(service.database.url);
  await holder.connect();
  await holder.query('begin; lock table participant');
  for (const { status, took } of await postTimes(service, ['a', ...others])) {
    expect(status).toBe(200);
    expect(took).toBeLessThan(2 * SOON_MS);
  }
  expect(await healthOf(service.url)).toMatchObject({ intake: 'spooling', entries: 6 });
  await holder.end();
  await untilDrained(service.url);
  expect(await logged(admin)).toEqual({ events: 11, problems: 0 });
});

test('a replica that freezes inside a transaction loses it, and with it its locks', { timeout: 60_000 }, async () => {
  const { service, admin } = await start();
  await post(service, 'participant_joined', 'a');
  const frozen = await service.database.intake.connect();
  await frozen.query(`begin; select from participant where sid = 'PA_a' for update`);
  expect((await post(service, 'track_published', 'a')).status).toBe(200);
  await untilDrained(service.url);
  expect(await logged(admin)).toEqual({ events: 2, problems: 0 });
  frozen.release(true);
});

test('one event that the log itself refuses is refused alone', async () => {
  const { service, admin } = await start();
  await admin.query(`alter table webhook_event add constraint no_a check (room_name <> 'a')`);
  const answers = await postTimes(service, ['a', ...others, 'a', ...others]);
  expect(answers.map(({ status }) => status)).toEqual([500, ...others.map(() => 200), 500, ...others.map(() => 200)]);
  expect(await healthOf(service.url)).toMatchObject({ intake: 'committing', blocked: 0, entries: 0 });
});
