import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createDatabase } from '../support/database.js';
import { type Service, startService } from '../support/service.js';
import { allTaken, events, healthOf, postAll, spoolFolder, untilDrained } from '../support/spooling.js';

interface Ground {
  readonly service: Service;
  /** A superuser's connection to the database. */
  readonly admin: pg.Client;
  readonly name: string;
  readonly role: string;
}

/** A spooling service whose role is no superuser, so that rights can be taken from it. */
async function startGround(): Promise<Ground> {
  const database = await createDatabase();
  const admin = new pg.Client(database.url);
  await admin.connect();
  const name = new URL(database.url).pathname.slice(1);
  const role = `role_${randomBytes(6).toString('hex')}`;
  await admin.query(`create role ${role} login password 'secret'`);
  await admin.query(`grant all on schema public to ${role}; grant all on all tables in schema public to ${role};
    grant all on all sequences in schema public to ${role}`);
  const url = Object.assign(new URL(database.url), { username: role, password: 'secret' });
  const service = await startService({ databaseUrl: url.href, settings: { spoolDir: spoolFolder() } });
  onTestFinished(async () => {
    await service.stop();
    await admin.query(`drop owned by ${role}`);
    await admin.end();
    await database.drop();
    await onServer(`drop role if exists ${role}`);
  });
  return { service, admin, name, role };
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client(inject('serverUrl'));
  await client.connect();
  await client.query(sql).catch(() => undefined);
  await client.end();
}

const cut = (role: string) => `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`;

/** Each fault: how it comes, how it goes; the service must notice, keep everything, and recover by itself. */
const faults: Record<string, (ground: Ground) => { inject: string; heal: string }> = {
  '25006, read-only sessions': ({ name, role }) => ({
    inject: `alter database ${name} set default_transaction_read_only = on; ${cut(role)}`,
    heal: `set default_transaction_read_only = off; alter database ${name} reset default_transaction_read_only`,
  }),
  '28000, a login that is refused': ({ role }) => ({
    inject: `alter role ${role} nologin; ${cut(role)}`,
    heal: `alter role ${role} login`,
  }),
  '42501, a right to write the log that is taken': ({ role }) => ({
    inject: `revoke insert on webhook_event from ${role}`,
    heal: `grant insert on webhook_event to ${role}`,
  }),
  '42501, a right to write rooms that is taken': ({ role }) => ({
    inject: `revoke insert, update on room from ${role}`,
    heal: `grant insert, update on room to ${role}`,
  }),
  '42P01, a search_path that leads elsewhere': ({ role }) => ({
    inject: `alter role ${role} set search_path = pg_temp; ${cut(role)}`,
    heal: `alter role ${role} reset search_path`,
  }),
  '42P01, a table that is missing': () => ({
    inject: 'alter table track rename to track_away',
    heal: 'alter table track_away rename to track',
  }),
  '42703, a column that is missing': () => ({
    inject: 'alter table room rename column end_reason to reason_away',
    heal: 'alter table room rename column reason_away to end_reason',
  }),
  '42P10, a key that was dropped': () => ({
    inject: 'alter table room drop constraint room_pkey',
    heal: 'alter table room add primary key (sid, room_name, project)',
  }),
  '23502, a log epoch that is missing': () => ({
    inject: 'delete from log_epoch',
    heal: 'insert into log_epoch default values',
  }),
  '2200H, a sequence at its end': () => ({
    inject: `alter sequence webhook_event_seq_seq maxvalue 1000000 restart 1000000; select nextval('webhook_event_seq_seq')`,
    heal: `alter sequence webhook_event_seq_seq no maxvalue`,
  }),
  '55000, a database that allows no connections': ({ name, role }) => ({
    inject: `update pg_database set datallowconn = false where datname = '${name}'; ${cut(role)}`,
    heal: `update pg_database set datallowconn = true where datname = '${name}'`,
  }),
  'XX001, every room is on a damaged page': () => ({
    inject: `create function damaged() returns trigger language plpgsql as
        $$ begin raise exception using errcode = 'XX001', message = 'invalid page'; end $$;
      create trigger damaged before insert or update on room for each row execute function damaged()`,
    heal: 'drop trigger damaged on room',
  }),
  '23514, a check that nothing passes': () => ({
    inject: 'alter table room add constraint nothing check (false) not valid',
    heal: 'alter table room drop constraint nothing',
  }),
  '0A000, a feature that is not supported': () => ({
    inject: `create function unsupported() returns trigger language plpgsql as
        $$ begin raise exception using errcode = '0A000'; end $$;
      create trigger unsupported before insert on webhook_event for each row execute function unsupported()`,
    heal: 'drop trigger unsupported on webhook_event',
  }),
};

async function problems({ admin }: Ground): Promise<unknown> {
  const { rows } = await admin.query(
    'select count(*)::int as logged, count(problem)::int as problems from webhook_event',
  );
  return rows[0];
}

test.each(Object.entries(faults))('%s: nothing is lost, all is told, and it heals', async (_name, faultOf) => {
  const ground = await startGround();
  const { service, admin } = ground;
  const fault = faultOf(ground);
  const all = events(60);
  expect(new Set(await postAll(service, all.slice(0, 20)))).toEqual(allTaken);
  await admin.query(fault.inject);
  expect((await healthOf(service.url)).intake).toBe('spooling');
  expect(new Set(await postAll(service, all.slice(20, 40)))).toEqual(allTaken);
  expect(await healthOf(service.url)).toMatchObject({ intake: 'spooling', entries: 20 });
  await admin.query(fault.heal);
  await untilDrained(service.url);
  expect(new Set(await postAll(service, all.slice(40)))).toEqual(allTaken);
  await untilDrained(service.url);
  expect(await problems(ground)).toEqual({ logged: 60, problems: 0 });
});
