-- { usage(meter: PARTICIPANT, from: "2026-11-24T00:00:00Z", to: "2026-11-25T00:00:00Z") { seconds breakdown(first: 10) { edges { seconds node { id roomName } } } } }

(
  select 'middle' as part,
      win,
      sum(starts)::float8 as starts,
      sum(ends)::float8 as ends,
      sum(doubts)::float8 as doubts,
      sum((until - at) * (starts - ends) - offset_ms)::text as milliseconds,
      sum((until - at) * doubts - doubt_offset_ms)::text as "uncertainMilliseconds",
      sum((until - at) / 60000 * (starts - ends) - offset_minutes)::text as "startedMinutes",
      null::int as sessions
  from (
    select win,
        nullif(($2::bigint[])[win + 1], 0) as until,
        at,
        starts,
        ends,
        offset_ms,
        offset_minutes,
        doubts,
        doubt_offset_ms
    from (
      select win, at, starts, ends, offset_ms, offset_minutes, doubts, doubt_offset_ms, project, type as kind
      from (
        select width_bucket(at, $5::bigint[]) as win,
            project,
            type,
            source,
            at,
            starts,
            ends,
            offset_ms,
            offset_minutes,
            doubts,
            doubt_offset_ms
        from (
          select project, type, source, at, starts, ends, offset_ms, offset_minutes, doubts, doubt_offset_ms
          from usage_cell
          where project = $1 and meter = $3 and ((span = 2764800 and at >= 0 and at < 1794355200000)
              or (span = 86400 and at >= 1794355200000 and at < 1795478400000)
              or (span = 3600 and at >= 1795478400000 and at < 1795521600000))
          union all
          select project, type, source, at, starts, ends, offset_ms, offset_minutes, doubts, doubt_offset_ms
          from usage_delta
          where project = $1 and meter = $4 and at < 1795521600000) as cell) as cell) as session
    where true ) as mark
  group by win
  limit $11)
union all (
  select 'tail' as part,
      win,
      starts,
      null::float8,
      null::float8,
      "milliseconds",
      null::text as "uncertainMilliseconds",
      null::text as "startedMinutes",
      sessions
  from (
    select win,
        sum(milliseconds)::text as "milliseconds",
        count(sessions)::int as "sessions",
        count(starts)::int as "starts"
    from (
      select win,
          least(end_ms, upper_ms) - greatest(start_ms, lower_ms) as "milliseconds",
          1 as "sessions",
          case when start_ms >= lower_ms then 1 end as "starts"
      from (
        select session.*, ($7::bigint[])[win] as lower_ms, ($7::bigint[])[win + 1] as upper_ms
        from (
          select session.*, 1 as win
          from (
            select session.*,
                (date_part('epoch', session.started_at) * 1000)::bigint as start_ms,
                (date_part('epoch', coalesce(session.ended_at, $13::timestamptz)) * 1000)::bigint as end_ms,
                (date_part('epoch', case when session.end_source in ('CASCADED', 'SUPERSEDED', 'RECONCILED', 'EXPIRED') then greatest(session.last_seen_at, session.started_at) else coalesce(session.ended_at, $13::timestamptz) end) * 1000)::bigint as doubt_ms,
                session.identity as of_identity
            from (
              select *
              from participant
              where project = $1 and ((end_or_infinity(ended_at) >= $8::timestamptz and end_or_infinity(ended_at) < 'infinity' and started_at < $9::timestamptz)
                  or (length_class(started_at, ended_at) = 99 and started_at <= $9::timestamptz - interval '1 ms')) and coalesce(ended_at, $13::timestamptz) > $10::timestamptz and not (state = 'ABORTED')) as session
            where coalesce(session.ended_at, $13::timestamptz) > session.started_at) as session) as session) as session) as piece
    group by win
    order by win
    limit $6) as piece
  limit $12);
-- $1 = "default"
-- $2 = [0,1795521600000]
-- $3 = "PARTICIPANT"
-- $4 = "PARTICIPANT"
-- $5 = [1795478400000,1795521600000]
-- $6 = 10001
-- $7 = [1795521600000,1795564800000]
-- $8 = "2026-11-24T12:00:00.000Z"
-- $9 = "2026-11-25T00:00:00.000Z"
-- $10 = "2026-11-24T12:00:00.000Z"
-- $11 = 20002
-- $12 = 20002
-- $13 = "2026-11-24T12:00:00.000Z"

select win,
    (least(end_ms, upper_ms) - greatest(start_ms, lower_ms))::text as "pieceMilliseconds",
    'Participant' as "__typename",
    sid as "id",
    room_name as "roomName",
    started_at as "key0",
    sid as "key1",
    room_name as "key2"
from (
  select session.*, row_number() over (partition by win order by started_at, sid, room_name) as place
  from (
    select session.*, ($2::bigint[])[win] as lower_ms, ($2::bigint[])[win + 1] as upper_ms
    from (
      select session.*, 1 as win
      from (
        select session.*,
            (date_part('epoch', session.started_at) * 1000)::bigint as start_ms,
            (date_part('epoch', coalesce(session.ended_at, $7::timestamptz)) * 1000)::bigint as end_ms,
            (date_part('epoch', case when (session.ended_at is null or session.end_source in ('CASCADED', 'SUPERSEDED', 'RECONCILED', 'EXPIRED')) then greatest(session.last_seen_at, session.started_at) else coalesce(session.ended_at, $7::timestamptz) end) * 1000)::bigint as doubt_ms,
            session.identity as of_identity
        from (
          select *
          from participant
          where project = $1 and ((length_class(started_at, ended_at) = 0 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '60 s')
              or (length_class(started_at, ended_at) = 1 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '240 s')
              or (length_class(started_at, ended_at) = 2 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '960 s')
              or (length_class(started_at, ended_at) = 3 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '3840 s')
              or (length_class(started_at, ended_at) = 4 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '15360 s')
              or (length_class(started_at, ended_at) = 5 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '61440 s')
              or (length_class(started_at, ended_at) = 6 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '245760 s')
              or (length_class(started_at, ended_at) = 7 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '983040 s')
              or (length_class(started_at, ended_at) = 8 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '3932160 s')
              or (length_class(started_at, ended_at) = 9 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '15728640 s')
              or (length_class(started_at, ended_at) = 10 and started_at < $4::timestamptz and started_at > $3::timestamptz - interval '1000 years')
              or (length_class(started_at, ended_at) = 99 and started_at <= $4::timestamptz - interval '1 ms')) and coalesce(ended_at, $7::timestamptz) > $5::timestamptz and not (state = 'ABORTED')) as session
        where coalesce(session.ended_at, $7::timestamptz) > session.started_at) as session) as session) as session
  where true) as participant
where place <= $6
order by place;
-- $1 = "default"
-- $2 = [1795478400000,1795564800000]
-- $3 = "2026-11-24T00:00:00.000Z"
-- $4 = "2026-11-25T00:00:00.000Z"
-- $5 = "2026-11-24T00:00:00.000Z"
-- $6 = 11
-- $7 = "2026-11-24T12:00:00.000Z"
