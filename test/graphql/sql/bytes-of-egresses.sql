-- { usage(meter: EGRESS, from: "2026-11-24T00:00:00Z", to: "2026-11-25T00:00:00Z") { bytes } }

select win, coalesce(sum(bytes), 0)::text as "bytes"
from (
  select win, case when ended_at is not null and end_ms <= upper_ms then (
    select sum((output ->> 'sizeBytes')::numeric)
    from json_array_elements(outputs) as output) end as "bytes"
  from (
    select session.*, ($3::bigint[])[win] as lower_ms, ($3::bigint[])[win + 1] as upper_ms
    from (
      select session.*, 1 as win
      from (
        select session.*,
            (date_part('epoch', session.started_at) * 1000)::bigint as start_ms,
            (date_part('epoch', coalesce(session.ended_at, $7::timestamptz)) * 1000)::bigint as end_ms,
            (date_part('epoch', case when (session.ended_at is null or session.end_source in ('CASCADED', 'SUPERSEDED', 'RECONCILED', 'EXPIRED')) then greatest(session.last_seen_at, session.started_at) else coalesce(session.ended_at, $7::timestamptz) end) * 1000)::bigint as doubt_ms,
            null::text as of_identity
        from (
          select *
          from egress
          where project = $1 and ((length_class(started_at, ended_at) = 0 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '60 s')
              or (length_class(started_at, ended_at) = 1 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '240 s')
              or (length_class(started_at, ended_at) = 2 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '960 s')
              or (length_class(started_at, ended_at) = 3 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '3840 s')
              or (length_class(started_at, ended_at) = 4 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '15360 s')
              or (length_class(started_at, ended_at) = 5 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '61440 s')
              or (length_class(started_at, ended_at) = 6 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '245760 s')
              or (length_class(started_at, ended_at) = 7 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '983040 s')
              or (length_class(started_at, ended_at) = 8 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '3932160 s')
              or (length_class(started_at, ended_at) = 9 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '15728640 s')
              or (length_class(started_at, ended_at) = 10 and started_at < $5::timestamptz and started_at > $4::timestamptz - interval '1000 years')
              or (length_class(started_at, ended_at) = 99 and started_at <= $5::timestamptz - interval '1 ms')) and coalesce(ended_at, $7::timestamptz) > $6::timestamptz and not (false)) as session
        where coalesce(session.ended_at, $7::timestamptz) > session.started_at) as session) as session) as session) as piece
group by win
order by win
limit $2;
-- $1 = "default"
-- $2 = 10001
-- $3 = [1795478400000,1795564800000]
-- $4 = "2026-11-24T00:00:00.000Z"
-- $5 = "2026-11-25T00:00:00.000Z"
-- $6 = "2026-11-24T00:00:00.000Z"
-- $7 = "2026-11-24T12:00:00.000Z"
