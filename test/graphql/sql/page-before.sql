-- { participants(last: 50, before: "WyJRdWVyeS5wYXJ0aWNpcGFudHMiLCJKT0lORURfQVQiLCJERVNDIiwiMjAyNi0xMS0yNFQwOTowMDowMC4wMDBaIiwiUEFfMiIsImRhaWx5Il0") { nodes { sid identity joinedAt leftAt } pageInfo { hasNextPage hasPreviousPage } } }

select sid as "sid", started_at as "joinedAt", ended_at as "leftAt", identity as "identity"
from participant
where true and project = $1 and (started_at, sid, room_name) > ($2::timestamptz, $3::text, $4::text)
order by started_at asc, sid asc, room_name asc
limit 51;
-- $1 = "default"
-- $2 = "2026-11-24T09:00:00.000Z"
-- $3 = "PA_2"
-- $4 = "daily"

select 0 as parent, count
from (
  select count(*)::int as count
  from (
    select 1
    from ((
      select 1
      from participant
      where true and project = $1 and (started_at, sid, room_name) <= ($2::timestamptz, $3::text, $4::text)
      limit 1)) as place
    limit 1) as counted) as counts;
-- $1 = "default"
-- $2 = "2026-11-24T09:00:00.000Z"
-- $3 = "PA_2"
-- $4 = "daily"
