-- { usage(meter: PARTICIPANT, from: "2026-11-24T00:00:00Z", to: "2026-11-25T00:00:00Z", groupBy: [{field: IDENTITY}], top: {by: SESSIONS, first: 1, others: true}) { from others group { value } seconds identities } }

select win, group0, count(sessions)::int as "sessions"
from (
  select win, group0, 1 as "sessions"
  from (
    select session.*, ($3::bigint[])[win] as lower_ms, ($3::bigint[])[win + 1] as upper_ms
    from (
      select session.*, 1 as win
      from (
        select session.*,
            (session.identity)::text as group0,
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
        where coalesce(session.ended_at, $7::timestamptz) > session.started_at) as session) as session) as session) as piece
group by win, group0
order by (count(sessions)::int)::numeric desc, group0 collate "C"
limit $2;
-- $1 = "default"
-- $2 = 1
-- $3 = [1795478400000,1795564800000]
-- $4 = "2026-11-24T00:00:00.000Z"
-- $5 = "2026-11-25T00:00:00.000Z"
-- $6 = "2026-11-24T00:00:00.000Z"
-- $7 = "2026-11-24T12:00:00.000Z"

select win, standing, group0, sum(milliseconds)::text as "milliseconds", count(distinct identities)::int as "identities"
from (
  select win,
      standing,
      group0,
      least(end_ms, upper_ms) - greatest(start_ms, lower_ms) as "milliseconds",
      of_identity as "identities"
  from (
    select session.*, ($3::bigint[])[win] as lower_ms, ($3::bigint[])[win + 1] as upper_ms
    from (
      select session.*, 1 as win
      from (
        select session.*, standing, case when standing is not null then of_group0 end as group0
        from (
          select session.*,
              (session.identity)::text as of_group0,
              (date_part('epoch', session.started_at) * 1000)::bigint as start_ms,
              (date_part('epoch', coalesce(session.ended_at, $9::timestamptz)) * 1000)::bigint as end_ms,
              (date_part('epoch', case when (session.ended_at is null or session.end_source in ('CASCADED', 'SUPERSEDED', 'RECONCILED', 'EXPIRED')) then greatest(session.last_seen_at, session.started_at) else coalesce(session.ended_at, $9::timestamptz) end) * 1000)::bigint as doubt_ms,
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
                or (length_class(started_at, ended_at) = 99 and started_at <= $5::timestamptz - interval '1 ms')) and coalesce(ended_at, $9::timestamptz) > $6::timestamptz and not (state = 'ABORTED')) as session
          where coalesce(session.ended_at, $9::timestamptz) > session.started_at) as session
        left join unnest($7::int[], $8::text[]) as kept(standing, value0) on true and coalesce('=' || of_group0, '') = value0) as session) as session) as session) as piece
group by win, standing, group0
order by win, standing
limit $2;
-- $1 = "default"
-- $2 = 10001
-- $3 = [1795478400000,1795564800000]
-- $4 = "2026-11-24T00:00:00.000Z"
-- $5 = "2026-11-25T00:00:00.000Z"
-- $6 = "2026-11-24T00:00:00.000Z"
-- $7 = [0]
-- $8 = ["=ann"]
-- $9 = "2026-11-24T12:00:00.000Z"
