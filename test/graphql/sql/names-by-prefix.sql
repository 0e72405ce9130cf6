-- { participants(filter: {identity: {startsWith: "a"}}) { nodes { sid identity joinedAt leftAt } pageInfo { hasNextPage hasPreviousPage } } }

select sid as "sid", started_at as "joinedAt", ended_at as "leftAt", identity as "identity"
from participant
where project = $1 and (started_at, sid, room_name) in (with few0 as materialized (
    select started_at, sid, room_name
    from participant
    where project = $1 and identity >= $2 and identity < $3 and true
    limit 1001), near0 as materialized (
    select started_at, sid, room_name
    from (
      select started_at, sid, room_name, identity
      from participant
      where project = $1 and true and exists (select from few0 offset 1000)
      order by started_at desc, sid desc, room_name desc
      limit 10200) as next
    where identity >= $2 and identity < $3
    order by started_at desc, sid desc, room_name desc
    limit 51), far0 as materialized (
    select
    where not exists (select from near0 offset 50) and exists (select from few0 offset 1000)), few1 as materialized (
    select started_at, sid, room_name
    from participant
    where project = $1 and identity >= $2 and identity < $3 and exists (select from far0 offset 0)
    limit 20001), near1 as materialized (
    select started_at, sid, room_name
    from (
      select started_at, sid, room_name, identity
      from participant
      where project = $1 and true and exists (select from few1 offset 20000)
      order by started_at desc, sid desc, room_name desc
      limit 102000) as next
    where identity >= $2 and identity < $3
    order by started_at desc, sid desc, room_name desc
    limit 51), far1 as materialized (
    select
    where not exists (select from near1 offset 50) and exists (
      select
      from (
        select started_at, sid, room_name, identity
        from participant
        where project = $1 and true and exists (select from few1 offset 20000)
        order by started_at desc, sid desc, room_name desc
        limit 102000) as next offset 101999))
  select started_at, sid, room_name
  from (
    select *
    from few0
    where not exists (select from few0 offset 1000) and true
    union all
    select *
    from near0
    where not exists (select from far0 offset 0)
    union all
    select *
    from few1
    where not exists (select from few1 offset 20000) and true
    union all
    select *
    from near1
    where not exists (select from far1 offset 0)
    union all
    select started_at, sid, room_name
    from participant
    where project = $1 and identity >= $2 and identity < $3 and true and exists (select from far1 offset 0)) as found
  order by started_at desc, sid desc, room_name desc
  limit 51)
order by started_at desc, sid desc, room_name desc
limit 51;
-- $1 = "default"
-- $2 = "a"
-- $3 = "b"
