-- { participants(filter: {activeDuring: {from: "2026-11-24T10:00:00Z", to: "2026-11-24T10:15:00Z"}}) { nodes { sid identity joinedAt leftAt } pageInfo { hasNextPage hasPreviousPage } } }

select sid as "sid", started_at as "joinedAt", ended_at as "leftAt", identity as "identity"
from ((
  select found.*
  from (values (0, interval '60 s'), (1, interval '240 s'), (2, interval '960 s'), (3, interval '3840 s'), (4, interval '15360 s'), (5, interval '61440 s'), (6, interval '245760 s'), (7, interval '983040 s'), (8, interval '3932160 s'), (9, interval '15728640 s'), (10, interval '1000 years')) as classes(index, reach)
  cross join lateral (
    select *
    from participant
    where true and project = $1 and started_at < $2::timestamptz and coalesce(ended_at > $3::timestamptz, true) and coalesce(ended_at > started_at, true) and not (state = 'ABORTED') and length_class(started_at, ended_at) = classes.index and started_at < $5::timestamptz and started_at > $4::timestamptz - classes.reach
    order by started_at desc, sid desc, room_name desc
    limit 51) as found) union all (
  select *
  from participant
  where true and project = $1 and started_at < $2::timestamptz and coalesce(ended_at > $3::timestamptz, true) and coalesce(ended_at > started_at, true) and not (state = 'ABORTED') and length_class(started_at, ended_at) = 99 and started_at <= $5::timestamptz - interval '1 ms'
  order by started_at desc, sid desc, room_name desc
  limit 51)) as participant
order by started_at desc, sid desc, room_name desc
limit 51;
-- $1 = "default"
-- $2 = "2026-11-24T10:15:00.000Z"
-- $3 = "2026-11-24T10:00:00.000Z"
-- $4 = "2026-11-24T10:00:00.000Z"
-- $5 = "2026-11-24T10:15:00.000Z"
