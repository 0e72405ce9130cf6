-- { usage(meter: PARTICIPANT, from: "2026-11-24T00:00:00Z", to: "2026-11-25T00:00:00Z", interval: HOUR) { from peakConcurrency } }

with piece as (
  select win, greatest(start_ms, lower_ms) as since, least(end_ms, upper_ms) as until, upper_ms
  from (
    select session.*, ($3::bigint[])[win] as lower_ms, ($3::bigint[])[win + 1] as upper_ms
    from (
      select session.*,
          generate_series(greatest(width_bucket(start_ms, $3::bigint[]), 1), least(width_bucket(end_ms - 1, $3::bigint[]), 24)) as win
      from (
        select session.*,
            (date_part('epoch', session.started_at) * 1000)::bigint as start_ms,
            (date_part('epoch', coalesce(session.ended_at, $7::timestamptz)) * 1000)::bigint as end_ms,
            (date_part('epoch', case when (session.ended_at is null or session.end_source in ('CASCADED', 'SUPERSEDED', 'RECONCILED', 'EXPIRED')) then greatest(session.last_seen_at, session.started_at) else coalesce(session.ended_at, $7::timestamptz) end) * 1000)::bigint as doubt_ms,
            session.identity as of_identity
        from (
          select *
          from participant
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
              or (length_class(started_at, ended_at) = 99 and started_at <= $5::timestamptz - interval '1 ms')) and coalesce(ended_at, $7::timestamptz) > $6::timestamptz and not (state = 'ABORTED')) as session
        where coalesce(session.ended_at, $7::timestamptz) > session.started_at) as session) as session) as session)
select win, max(present)::int as peak
from (
  select *, sum(step) over (partition by win order by at) as present
  from (
    select win, since as at, 1 as step
    from piece
    union all
    select win, until, -1
    from piece
    where until < upper_ms) as step) as step
group by win
order by win
limit $2;
-- $1 = "default"
-- $2 = 10001
-- $3 = [1795478400000,1795482000000,1795485600000,1795489200000,1795492800000,1795496400000,1795500000000,1795503600000,1795507200000,1795510800000,1795514400000,1795518000000,1795521600000,1795525200000,1795528800000,1795532400000,1795536000000,1795539600000,1795543200000,1795546800000,1795550400000,1795554000000,1795557600000,1795561200000,1795564800000]
-- $4 = "2026-11-24T00:00:00.000Z"
-- $5 = "2026-11-25T00:00:00.000Z"
-- $6 = "2026-11-24T00:00:00.000Z"
-- $7 = "2026-11-24T12:00:00.000Z"
