-- { participants(filter: {active: true}) { totalCount { value precision } } }

select 0 as parent, count
from (
  select count(*)::int as count
  from (
    select 1
    from ((
      select 1
      from participant
      where true and project = $1 and coalesce(width_bucket(date_part('epoch', ended_at - started_at), '{60,240,960,3840,15360,61440,245760,983040,3932160,15728640}'::float8[]), 99) = 99
      limit 10000)) as place
    limit 10000) as counted) as counts;
-- $1 = "default"
