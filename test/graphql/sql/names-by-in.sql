-- { participants(filter: {identity: {in: ["ann", "bob"]}}) { nodes { sid identity joinedAt leftAt } pageInfo { hasNextPage hasPreviousPage } } }

select sid as "sid", started_at as "joinedAt", ended_at as "leftAt", identity as "identity"
from participant
where project = $1 and (started_at, sid, room_name) in (
  select started_at, sid, room_name
  from unnest($2::text[]) as names(of_name)
  cross join lateral (
    select started_at, sid, room_name
    from participant
    where project = $1 and identity = of_name and true
    order by started_at desc, sid desc, room_name desc
    limit 51) as found
  order by started_at desc, sid desc, room_name desc
  limit 51)
order by started_at desc, sid desc, room_name desc
limit 51;
-- $1 = "default"
-- $2 = ["ann","bob"]
