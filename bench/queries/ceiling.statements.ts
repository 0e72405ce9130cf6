import type { Question } from './questions.js';

/** The whole answer of each question as Postgres writes it. */
export const statements: Readonly<Record<Question, string>> = {
  'active-rooms': `select json_build_object('data', json_build_object('rooms', coalesce(json_agg(row), '[]')))::text as answer
    from (select sid, room_name as name, started_at as "startedAt", participant_count as "participantCount", metadata,
        (select coalesce(json_agg(row), '[]') from (
          select sid, identity, name, kind, state, started_at as "joinedAt", ended_at as "leftAt" from participant
          where room_sid = room.sid and project = 'default'
          order by started_at desc, sid desc limit 10) row) as participants
      from room where project = 'default' and ended_at is null order by started_at desc, sid desc limit 50) row`,

  history: `select json_build_object('data', json_build_object('participants', coalesce(json_agg(row), '[]')))::text as answer
    from (select sid, room_name as "roomName", started_at as "joinedAt", ended_at as "leftAt",
        disconnect_reason as "disconnectReason", end_source as "endSource",
        (select json_build_object('sid', sid, 'startedAt', started_at, 'endedAt', ended_at) from room
          where sid = participant.room_sid and project = 'default') as room
      from participant where project = 'default' and identity = $1 and started_at >= $2 and started_at < $3
      order by started_at desc, sid desc limit 100) row`,

  room: `select json_build_object('data', json_build_object('room', (select to_json(row) from (
      select sid, room_name as name, started_at as "startedAt", ended_at as "endedAt",
        participant_session_count as "participantSessionCount",
        (select coalesce(json_agg(row), '[]') from (
          select sid, identity, name, kind, state, started_at as "joinedAt", ended_at as "leftAt",
            disconnect_reason as "disconnectReason" from participant
          where room_sid = room.sid and project = 'default'
          order by started_at desc, sid desc limit 100) row) as participants,
        (select coalesce(json_agg(row), '[]') from (
          select sid, participant_sid as "participantSid", type, source, mime_type as "mimeType",
            started_at as "publishedAt", ended_at as "unpublishedAt" from track
          where room_sid = room.sid and project = 'default'
          order by started_at desc, sid desc limit 100) row) as tracks,
        (select coalesce(json_agg(row), '[]') from (
          select egress_id as "egressId", started_at as "startedAt", ended_at as "endedAt" from egress
          where room_sid = room.sid and project = 'default' order by started_at desc, egress_id desc limit 100) row) as egresses
      from room where sid = $1 and project = 'default' limit 1) row)))::text as answer`,

  'deep-page': `select json_build_object('data', json_build_object('participants', coalesce(json_agg(row), '[]')))::text as answer
    from (select sid, identity, name, room_name as "roomName", kind, state, started_at as "joinedAt", ended_at as "leftAt"
      from participant where project = 'default' and (started_at, sid) < ($1, $2)
      order by started_at desc, sid desc limit 50) row`,

  usage: `select json_build_object('data', json_build_object('usage', json_agg(row order by row."from")))::text as answer
    from (select day as "from", count(*)::int as sessions,
        sum(extract(epoch from least(ended, day + interval '1 day') - greatest(started_at, day)))::float8 as seconds
      from (select started_at, coalesce(ended_at, now()) as ended from participant
          where project = 'default' and started_at < $2::timestamptz and coalesce(ended_at, 'infinity') > $1::timestamptz
            and state <> 'ABORTED') session,
        generate_series(date_trunc('day', greatest(started_at, $1::timestamptz)),
          least(ended, $2::timestamptz) - interval '1 ms', '1 day') day
      where ended > started_at group by day) row`,
};
