/** The chunk's rooms, with what their participants make of them. */
export const insertRooms = `
  insert into room (project, room_name, sid, started_at, start_source, ended_at, end_source, end_uncertainty_ms,
    last_seen_at, end_reason, metadata, metadata_json, empty_timeout_seconds, departure_timeout_seconds,
    participant_count, participant_session_count, created_ms, created_s, first_seen_at, starts, finish_clock,
    finish_reason, life_at, profile_clock)
  select 'default', name, sid, pg_temp.at(started), 'REPORTED', pg_temp.at(finish),
    case when finish is not null then 'REPORTED' end, case when finish is not null then 1000 end,
    pg_temp.at(coalesce(finish, seen)), reason, metadata, metadata::jsonb, 300, 20, present, counted,
    pg_temp.at(started), pg_temp.at(began), pg_temp.at(began), array[began / 1000],
    pg_temp.clock(finish / 1000) || ' ' || event, reason, pg_temp.at(life),
    case when finish is null then pg_temp.clock(life / 1000) || ' 1 ' else pg_temp.clock(finish / 1000) || ' 3 ' end || event
  from (
    select chunk_room.*, p.*, pg_temp.second(started) * 1000 as began, pg_temp.event(e, 1) as event,
      case when finish is not null then 'ROOM_END_DEPARTURE_TIMEOUT' end as reason,
      format('{"tenant":{"id":"t%s"},"plan":"%s"}', tenant, case when tenant < 20 then 'pro' else 'free' end) as metadata
    from chunk_room join (
      select r, max(last_seen) as seen, count(*) filter (where is_counted) as counted,
        count(*) filter (where is_counted and ended_at is null) as present,
        max(case when tracks > 0 then joined + 800 * tracks else joined end / 1000 * 1000) as life
      from (select *, fate <> 'aborted' and kind not in ('AGENT', 'EGRESS') as is_counted from chunk_end) chunk_end group by r
    ) p using (r)
  ) room order by started`;
