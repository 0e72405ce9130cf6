import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { projectedTables } from '../../src/rebuild/shadow.js';
import { verify } from '../../src/rebuild/verify.js';
import { played, postAll } from '../support/load.js';
import { startService, type Service } from '../support/service.js';

const role = `reader_${randomBytes(6).toString('hex')}`;
const tablespace = `space_${randomBytes(6).toString('hex')}`;

let service: Service;
let intake: pg.Pool;
beforeAll(async () => {
  service = await startService();
  ({ intake } = service.database);
  await postAll(service, played(200));
  await intake.query(`create role ${role}`);
  const client = await intake.connect();
  await client.query('set allow_in_place_tablespaces = on');
  await client.query(`create tablespace ${tablespace} location ''`);
  client.release();
});
afterAll(async () => {
  const { url } = service.database;
  await intake.query(`drop owned by ${role}`);
  await service.stop();
  await onOther(url, [`drop role ${role}`, `drop tablespace ${tablespace}`]);
});

/** What people may have said of the tables, each by itself. */
const said: Record<string, string> = {
  'grants of a table': 'grant select on participant to public',
  'grants of columns': `grant select (sid, identity), update (sid) on participant to ${role} with grant option`,
  'rights taken from the owner': 'revoke delete on track from current_user',
  'an owner': `alter table agent_job owner to ${role}`,
  'storage settings': 'alter table track set (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01)',
  'storage settings of large values':
    'alter table track set (toast.autovacuum_enabled = off, toast.vacuum_truncate = off)',
  'storage settings of a key': 'alter index track_pkey set (fillfactor = 80)',
  'statistics targets': 'alter table participant alter column identity set statistics 500',
  'column options': 'alter table participant alter column identity set (n_distinct = -0.5, n_distinct_inherited = 7)',
  'storage of columns': 'alter table participant alter column metadata set storage external',
  'compression of columns': 'alter table room alter column metadata set compression pglz',
  'row level security':
    'alter table room enable row level security; alter table egress enable row level security, force row level security',
  policies: `create policy mine on room as restrictive for select to ${role}, current_user using (sid <> 'RM_none');
    create policy all_rows on room using (true) with check (project = 'default'); comment on policy mine on room is 'a policy'`,
  'full replica identity': 'alter table track replica identity full',
  'no replica identity': 'alter table usage_delta replica identity nothing',
  'replica identity by an index': `create unique index room_alone on room (sid, room_name, project) include (started_at);
    alter table room replica identity using index room_alone`,
  'extended statistics': `create statistics by_room (ndistinct, mcv) on project, room_name from participant;
    alter statistics by_room set statistics 300; comment on statistics by_room is 'statistics';
    create statistics of_length on (length(identity)) from participant; create statistics of_all on room_name, lower(sid) from track;
    alter statistics of_all owner to ${role}`,
  comments: `comment on table room is 'rooms'; comment on column room.sid is 'an id'; comment on index room_pkey is 'an index';
    comment on constraint room_pkey on room is 'a key'`,
  'a tablespace': `alter table ingress_session set tablespace ${tablespace}; alter index ingress_session_pkey set tablespace ${tablespace}`,
  'an order on the disk': 'cluster egress using egress_pkey',
  'an index of expressions':
    'create index room_by_letters on room (length(sid)); alter index room_by_letters alter column 1 set statistics 77',
  'tables without a log': 'alter table usage_cell set unlogged',
};

it.each(Object.entries(said))('leaves %s as they were', async (_, sql) => {
  const untouched = await catalog();
  await intake.query(sql);
  const before = await catalog();
  expect(before).not.toEqual(untouched);
  await rebuild(service.database.url);
  expect(await catalog()).toEqual(before);
});

it('takes no grants from the defaults of who rebuilds', async () => {
  const before = await catalog();
  await intake.query(`alter default privileges grant select on tables to ${role}`);
  await rebuild(service.database.url);
  await intake.query(`alter default privileges revoke select on tables from ${role}`);
  expect(await catalog()).toEqual(before);
});

it('brings statistics along, and leaves no schema', async () => {
  await rebuild(service.database.url);
  const { rows } = await intake.query(
    `select relname from pg_class where oid = 'participant'::regclass and reltuples > 0
      and exists (select from pg_stats where tablename = 'participant' and schemaname = 'public')
      and exists (select from pg_stats_ext where statistics_name = 'by_room' and n_distinct is not null)`,
  );
  expect(rows).toHaveLength(1);
  expect((await intake.query(`select nspname from pg_namespace where nspname like 'rebuilding%'`)).rows).toEqual([]);
});

const dependent: Record<string, [make: string, drop: string]> = {
  'view open_rooms': ['create view open_rooms as select sid from room where ended_at is null', 'drop view open_rooms'],
  'function rooms()': [
    `create function rooms() returns bigint language sql begin atomic select count(*) from room; end`,
    'drop function rooms()',
  ],
  'function ended(room)': [
    `create function ended(room) returns boolean language sql as 'select $1.ended_at is not null'`,
    'drop function ended(room)',
  ],
  'policy known on table track': [
    'create policy known on track using (exists (select from room where room.sid = track.room_sid))',
    'drop policy known on track',
  ],
};

it.each(Object.entries(dependent))('refuses to replace a table that %s depends on', async (name, [make, drop]) => {
  const { url } = service.database;
  await intake.query(make);
  await expect(rebuild(url)).rejects.toThrow(`${name} depends on the table room, which a rebuild replaces.`);
  expect((await verify(url)).differing).toBe(0);
  await intake.query(drop);
});

/** All that the catalog says of the tables, but for their numbers. */
async function catalog(): Promise<unknown> {
  const options = (of: string): string => `(select array_agg(o order by o) from unnest(${of}) o)`;
  const tables = `select c.relname, coalesce(c.relacl, acldefault('r', c.relowner))::text[] as grants, ${options('c.reloptions')} as reloptions, ${options('t.reloptions')} as toast,
      pg_get_userbyid(c.relowner) as owner, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relreplident,
      (select spcname from pg_tablespace where oid = c.reltablespace) as space, obj_description(c.oid, 'pg_class') as comment,
      (select json_agg(json_build_array(attname, format_type(atttypid, atttypmod), attnotnull, attcollation, attidentity, attgenerated,
          attacl::text, nullif(attstattarget, -1), ${options('attoptions')}, attstorage, attcompression, col_description(c.oid, attnum),
          (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = c.oid and adnum = attnum)) order by attnum)
        from pg_attribute where attrelid = c.oid and attnum > 0) as columns,
      (select json_agg(json_build_array(pg_get_indexdef(indexrelid), ${options('x.reloptions')}, indisreplident, indisclustered,
          (select spcname from pg_tablespace where oid = x.reltablespace), obj_description(indexrelid, 'pg_class'),
          (select array_agg(nullif(attstattarget, -1) order by attnum) from pg_attribute where attrelid = x.oid)) order by x.relname)
        from pg_index join pg_class x on x.oid = indexrelid where indrelid = c.oid) as indexes,
      (select json_agg(json_build_array(conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')) order by conname)
        from pg_constraint where conrelid = c.oid) as constraints,
      (select json_agg(json_build_array(polname, polcmd, polpermissive, polroles::regrole[]::text, pg_get_expr(polqual, polrelid),
          pg_get_expr(polwithcheck, polrelid), obj_description(oid, 'pg_policy')) order by polname)
        from pg_policy where polrelid = c.oid) as policies,
      (select json_agg(json_build_array(pg_get_statisticsobjdef(oid), stxnamespace::regnamespace, nullif(stxstattarget, -1), stxowner::regrole,
          obj_description(oid, 'pg_statistic_ext')) order by stxname) from pg_statistic_ext where stxrelid = c.oid) as statistics
    from pg_class c left join pg_class t on t.oid = c.reltoastrelid where c.oid = any($1::text[]::regclass[]) order by c.relname`;
  return (await intake.query(tables, [projectedTables])).rows;
}

async function onOther(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client(Object.assign(new URL(url), { pathname: 'postgres' }).href);
  await client.connect();
  for (const text of statements) await client.query(text);
  await client.end();
}
