/** One track after another of each participant; most end by themselves, some with their participant. */
export const insertTracks = `
  insert into track (project, room_name, sid, room_sid, participant_sid, started_at, start_source, ended_at, end_source,
    end_uncertainty_ms, last_seen_at, name, type, source, mime_type, width, height, muted, encryption, stream, info,
    first_version, last_version, published_at, first_seen_at, told_end_at, info_clock)
  select 'default', room_name, sid, room_sid, participant_sid, pg_temp.at(published), 'REPORTED', ended_at,
    case when told is not null then 'REPORTED' when ended_at is not null then 'CASCADED' end,
    case when told is not null then 1000
      when ended_at is not null then greatest(1000, extract(epoch from ended_at - pg_temp.at(last_seen)) * 1000) end,
    pg_temp.at(last_seen), name, type, source, mime_type, width, width * 9 / 16, false, 'NONE', 'camera',
    format('{"sid":"%s","type":"%s","name":"%s","source":"%s","mimeType":"%s","stream":"camera","version":{"unixMicro":"%s"}}',
      sid, type, name, source, mime_type, published * 1000)::json,
    published * 1000, published * 1000, pg_temp.at(pg_temp.second(published) * 1000),
    pg_temp.at(pg_temp.second(published) * 1000), pg_temp.at(told),
    lpad((published * 1000)::text, 16, '0') || ' 0000000000 ' || pg_temp.clock(last_seen / 1000)
      || case when told is null then ' 0 ' else ' 1 ' end || event
  from (
    select t.*, case when told is not null then pg_temp.at(greatest(published, told))
        when participant_end is not null then greatest(participant_end, pg_temp.at(published)) end as ended_at,
      coalesce(told, published / 1000 * 1000) as last_seen
    from (
      select p.room_name, p.room_sid, p.sid as participant_sid, p.ended_at as participant_end, joined + 800 * place as published,
        'TR_' || pg_temp.code(n * 4 + place) as sid, pg_temp.event(n, place + 1) as event, media.*,
        case when told is not null and pg_temp.draw(n * 4 + place, 12) < 0.9 then
          case when pg_temp.draw(n * 4 + place, 13) < 0.8 then told
            else (joined + 3000 + floor(pg_temp.draw(n * 4 + place, 14) * (told - joined - 4000))::bigint) / 1000 * 1000 end
          end as told
      from chunk_end p join (values
          (1, 'microphone', 'AUDIO', 'MICROPHONE', 'audio/red', null),
          (2, 'camera', 'VIDEO', 'CAMERA', 'video/VP8', 1280),
          (3, 'screen', 'VIDEO', 'SCREEN_SHARE', 'video/VP8', 1920)
        ) media(place, name, type, source, mime_type, width) on place <= tracks
    ) t
  ) t order by published`;
