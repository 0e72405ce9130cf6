-- { participants(filter: {active: true}) { totalCount { value precision } } }

select 0 as parent, count
from (
  select count(*)::int as count
  from (
    select 1
    from ((
      select 1
      from participant
      where true and project = $1 and length_class(started_at, ended_at) = 99
      limit 10000)) as place
    limit 10000) as counted) as counts;
-- $1 = "default"
