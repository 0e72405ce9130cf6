/**
 * Statements that copy the tables $2 into the schema $1, one a row, in two parts: those that create a table, and those
 * that need its default grants. `create table like` copies columns, checks, defaults and storage. Indexes that are
 * neither unique nor among $3 come `later`: one that is made at once costs less than one that follows each write.
 */
const live = `
  with live as (
    select c.*, c.relnamespace::regnamespace as home, t.at, format('%I.%I', $1::text, c.relname) as copy,
      (select array_agg('toast.' || o) from pg_class toast, unnest(toast.reloptions) o where toast.oid = c.reltoastrelid) as toasted
    from unnest($2::text[]) with ordinality t(name, at) join pg_class c on c.oid = to_regclass(t.name)
  ),
  owned_index as (
    select live.at, live.copy, live.home, live.relname, i.*, x.relname as name, x.reloptions as options, s.spcname as space,
      u.oid as constrains, u.conname, not i.indisunique and u.oid is null and x.relname <> all($3::text[]) as later
    from live join pg_index i on i.indrelid = live.oid join pg_class x on x.oid = i.indexrelid
      left join pg_tablespace s on s.oid = x.reltablespace
      left join pg_constraint u on u.conindid = i.indexrelid and u.conrelid = i.indrelid
  ),
  kept_statistics as (
    select live.at, live.copy, s.*, format('%I.%I', $1::text, s.stxname) as statistics,
      (select string_agg(case k when 'd' then 'ndistinct' when 'f' then 'dependencies' when 'm' then 'mcv' end, ', ')
        from unnest(s.stxkind) k where k <> 'e') as kinds
    from live join pg_statistic_ext s on s.stxrelid = live.oid
  )`;

/** Run by `current_user`, who then passes the tables on to their owners. */
export const makingSql = `${live}
  select sql, later from (
    select at, 1 as step, false as later, format('create%s table %s (like %s.%I including all excluding indexes excluding statistics) using %I%s%s',
      case relpersistence when 'u' then ' unlogged' end, copy, home, relname, (select amname from pg_am where oid = relam),
      ' with (' || nullif(array_to_string(reloptions || toasted, ', '), '') || ')',
      ' tablespace ' || (select quote_ident(spcname) from pg_tablespace where oid = reltablespace)) as sql from live
    union all
    select at, 2, later, case
      when constrains is null then replace(replace(pg_get_indexdef(indexrelid), format(' ON %s.%I ', home, relname), format(' ON %s ', copy)),
        'CREATE INDEX ', 'CREATE INDEX IF NOT EXISTS ')
      else format('alter table %s add constraint %I %s', copy, conname, pg_get_constraintdef(constrains)) end
    from owned_index
    union all
    select at, 3, later, format('alter index %I.%I set (%s)', $1, name, array_to_string(options, ', ')) from owned_index where options is not null
    union all
    select at, 3, later, format('alter index %I.%I set tablespace %I', $1, name, space) from owned_index where space is not null
    union all
    select at, 3, later, format('alter index %I.%I alter column %s set statistics %s', $1, name, attnum, attstattarget)
    from owned_index join pg_attribute on attrelid = indexrelid where attstattarget >= 0
    union all
    select at, 3, later, format('alter table %s cluster on %I', copy, name) from owned_index where indisclustered
    union all
    select at, 4, false, format('alter table %s replica identity %s', copy, case relreplident when 'f' then 'full' when 'n' then 'nothing'
      else 'using index ' || (select quote_ident(name) from owned_index i where i.indrelid = live.oid and i.indisreplident) end)
    from live where relreplident in ('f', 'n') or relreplident = 'i' and exists (select from owned_index i where i.indrelid = live.oid and i.indisreplident)
    union all
    select at, 4, false, format('alter table %s alter column %I set statistics %s', copy, attname, attstattarget)
    from live join pg_attribute on attrelid = live.oid and attnum > 0 where attstattarget >= 0
    union all
    select at, 4, false, format('alter table %s alter column %I set (%s)', copy, attname, array_to_string(attoptions, ', '))
    from live join pg_attribute on attrelid = live.oid where attoptions is not null
    union all
    select at, 5, false, format('create statistics %s%s on %s from %s', statistics, ' (' || kinds || ')', pg_get_statisticsobjdef_columns(oid), copy)
    from kept_statistics
    union all
    select at, 6, false, format('alter statistics %s set statistics %s', statistics, stxstattarget) from kept_statistics where stxstattarget >= 0
    union all
    select at, 6, false, format('alter statistics %s owner to %s', statistics, stxowner::regrole) from kept_statistics where stxowner <> current_user::regrole
    union all
    select at, 7, false, format('alter table %s owner to %s', copy, relowner::regrole) from live where relowner <> current_user::regrole
  ) statements order by at, step`;

/** Revokes default grants first. */
export const securingSql = `${live},
  granted as (
    select at, copy, relowner, coalesce(live.relacl, acldefault('r', relowner)) as wanted, coalesce(made.acl, acldefault('r', relowner)) as made
    from live cross join lateral (select relacl as acl from pg_class where oid = to_regclass(live.copy)) made
    where made.acl is distinct from live.relacl
  ),
  entry as (
    select at, copy, relowner, '' as columns, a.* from granted
      cross join aclexplode(wanted) with ordinality a(grantor, grantee, privilege_type, is_grantable, n)
    union all
    select at, copy, relowner, format('(%I)', attname), a.* from live join pg_attribute on attrelid = live.oid
      cross join aclexplode(attacl) with ordinality a(grantor, grantee, privilege_type, is_grantable, n)
  )
  select sql, later from (
    select at, 1 as step, 0 as n, false as later, format('revoke all on %s from %s', copy, case grantee when 0 then 'public' else grantee::regrole::text end) as sql
    from granted cross join aclexplode(made)
    union all
    select at, 2, n, false, format('grant %s%s on %s to %s', privilege_type, columns, copy,
      case grantee when 0 then 'public' else grantee::regrole::text end || case when is_grantable and grantee <> relowner then ' with grant option' else '' end)
    from entry
    union all
    select at, 3, 0, false, format('alter table %s %s row level security', copy, mode)
    from live cross join (values ('enable', true), ('force', false)) flag(mode, enables) where case when enables then relrowsecurity else relforcerowsecurity end
    union all
    select at, 4, 0, false, format('create policy %I on %s as %s for %s to %s%s%s', polname, copy, case when polpermissive then 'permissive' else 'restrictive' end,
      case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
      (select string_agg(case role when 0 then 'public' else role::regrole::text end, ', ') from unnest(polroles) role),
      ' using (' || pg_get_expr(polqual, polrelid) || ')', ' with check (' || pg_get_expr(polwithcheck, polrelid) || ')')
    from live join pg_policy on polrelid = live.oid
    union all
    select at, 5, 0, later, format('comment on %s is %L', named, description) from (
      select at, false as later, 'table ' || copy as named, obj_description(oid, 'pg_class') as description from live
      union all
      select at, later, format('index %I.%I', $1, name), obj_description(indexrelid, 'pg_class') from owned_index
      union all
      select at, false, format('constraint %I on %s', c.conname, copy), obj_description(c.oid, 'pg_constraint') from live join pg_constraint c on c.conrelid = live.oid
      union all
      select at, false, format('policy %I on %s', polname, copy), obj_description(p.oid, 'pg_policy') from live join pg_policy p on p.polrelid = live.oid
      union all
      select at, false, 'statistics ' || statistics, obj_description(oid, 'pg_statistic_ext') from kept_statistics
    ) commented where description is not null
  ) statements order by at, step, n`;

/** Extended statistics do not move with their table. */
export const followingSql = `${live}
  select format('alter statistics %s set schema %s', statistics, stxnamespace::regnamespace) as sql, false as later from kept_statistics`;
