const nanos = (ms: string): string => `${ms} || '000000'`;
const times = `pg_temp.at(began), 'REPORTED', pg_temp.at(ended), case when ended is not null then 'REPORTED' end,
    case when ended is not null then 0 end, pg_temp.at(coalesce(ended, began) / 1000 * 1000)`;
/** What an egress, a stream or a job says of its times. */
const told = `'"startedAt":"' || ${nanos('began')} || '","updatedAt":"' || ${nanos('coalesce(ended, began)')} || '"'
    || coalesce(',"endedAt":"' || ${nanos('ended')} || '"', '')`;
const updated = `${nanos('coalesce(ended, began)')} || ' '`;

/** Rooms of which one in so many, counted from `first`, has one of these. */
const among = (every: number, first: number): string => `
  from (
    select *, started + 15000 + r % 1000 as began, finish - 9000 + r % 1000 as ended, pg_temp.event(e, 2) as event
    from chunk_room where r % ${every} = ${first}
  ) room order by began`;

export const insertEgress = `
  insert into egress (project, egress_id, room_sid, room_name, type, started_at, start_source, ended_at, end_source,
    end_uncertainty_ms, last_seen_at, status, source_type, updated_at, details, info, outputs, reported_start_at,
    first_seen_at, told_end_at, told_end_exact, info_clock, outputs_clock)
  select 'default', 'EG_' || pg_temp.code(r), sid, name, 'ROOM_COMPOSITE', ${times},
    case when ended is null then 'EGRESS_ACTIVE' else 'EGRESS_COMPLETE' end, 'EGRESS_SOURCE_TYPE_WEB',
    pg_temp.at(coalesce(ended, began)), case when ended is not null then 'End reason: StopEgress API' end,
    ('{"egressId":"EG_' || pg_temp.code(r) || '","roomId":"' || sid || '","roomName":"' || name || '",' || ${told}
      || ',"roomComposite":{"roomName":"' || name || '","layout":"grid","preset":"H264_1080P_30"}}')::json,
    case when ended is null then '[]' else format('[{"kind":"FILE","filename":"%s.mp4","location":"https://recordings/%1$s.mp4","url":null,"status":null,"startedAt":null,"endedAt":null,"durationSeconds":%s,"sizeBytes":%s,"segmentCount":null,"imageCount":null,"error":null}]',
      sid, (ended - began) / 1000.0::float8, (ended - began) * 300) end::json,
    pg_temp.at(began), pg_temp.at(began / 1000 * 1000), pg_temp.at(ended), ended is not null,
    case when ended is null then '1 ' else '4 ' end || ${updated} || pg_temp.clock(coalesce(ended, began) / 1000) || ' ' || event,
    case when ended is not null then '4 ' || ${updated} || pg_temp.clock(ended / 1000) || ' ' || event end
  ${among(10, 4)}`;

export const insertIngressSessions = `
  insert into ingress_session (project, ingress_id, resource_id, room_sid, room_name, started_at, start_source,
    ended_at, end_source, end_uncertainty_ms, last_seen_at, name, input_type, status, participant_identity, transcoding,
    info, reported_start_at, first_seen_at, reported_end_at, end_seen_at, info_clock)
  select 'default', 'IN_' || pg_temp.code(r), 'RT_' || pg_temp.code(r), sid, name, ${times}, 'obs', 'RTMP_INPUT',
    case when ended is null then 'ENDPOINT_PUBLISHING' else 'ENDPOINT_INACTIVE' end, 'obs', true,
    ('{"ingressId":"IN_' || pg_temp.code(r) || '","name":"obs","reusable":true,"enableTranscoding":true,"roomName":"' || name
      || '","participantIdentity":"obs","state":{"roomId":"' || sid || '",' || ${told} || '}}')::json,
    pg_temp.at(began), pg_temp.at(began / 1000 * 1000), pg_temp.at(ended), pg_temp.at(ended / 1000 * 1000),
    case when ended is null then '0 ' || ${updated} || '1 ' else '1 ' || ${updated} || '0 ' end
      || pg_temp.clock(coalesce(ended, began) / 1000) || ' ' || event
  ${among(40, 7)}`;

export const insertAgentJobs = `
  insert into agent_job (project, job_id, room_sid, room_name, waiting, started_at, start_source, ended_at, end_source,
    end_uncertainty_ms, last_seen_at, agent_name, type, status, agent_identity, info, reported_start_at,
    first_seen_at, start_seen_at, reported_end_at, end_seen_at, info_clock)
  select 'default', 'AJ_' || pg_temp.code(r), sid, name, false, ${times}, 'assistant', 'JT_ROOM',
    case when ended is null then 'JS_RUNNING' else 'JS_SUCCESS' end, 'agent-AJ_' || pg_temp.code(r),
    ('{"id":"AJ_' || pg_temp.code(r) || '","agentName":"assistant","room":{"sid":"' || sid || '","name":"' || name
      || '"},"state":{' || ${told} || '}}')::json,
    pg_temp.at(began), pg_temp.at(began / 1000 * 1000), pg_temp.at(began / 1000 * 1000), pg_temp.at(ended),
    pg_temp.at(ended / 1000 * 1000),
    case when ended is null then '0 ' else '1 ' end || ${updated} || pg_temp.clock(coalesce(ended, began) / 1000) || ' ' || event
  ${among(20, 3)}`;

/** What intake would have locked. */
export const insertLocks = `
  insert into merge_lock (key, kind, project)
  select distinct room_name, 'room', project from room
  union all select egress_id, 'egress', project from egress
  union all select distinct ingress_id, 'ingress', project from ingress_session
  union all select job_id, 'job', project from agent_job`;
