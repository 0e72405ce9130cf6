-- { room(sid: "RM_1") { name participantSeconds participants { nodes { identity tracks { nodes { type } } } }
-- tracks { nodes { type } } egresses { nodes { status } } ingressSessions { nodes { status } } agentJobs { nodes { status } } } }

select distinct on (sid) sid as "id",
    sid as "sid",
    room_name as "name",
    room_name as "roomName",
    (ended_at is null) as "active"
from room
where sid = any($2::text[]) and project = $1
order by sid, room_name;
-- $1 = "default"
-- $2 = ["RM_1"]

select room,
    count(distinct identity)::int as identities,
    round(sum(extract(epoch from greatest(coalesce(ended_at, $5::timestamptz) - started_at, interval '0'))), 3)::float8 as seconds
from unnest($2::text[], $3::text[], $4::int[]) as rooms(of_sid, of_name, room)
join participant on room_sid = of_sid and room_name || '' = of_name
where project = $1 and counted
group by room;
-- $1 = "default"
-- $2 = ["RM_1"]
-- $3 = ["daily"]
-- $4 = [0]
-- $5 = "2026-11-24T12:00:00.000Z"

select sid as "id", sid as "sid", room_name as "roomName", identity as "identity", room_sid as "roomSid"
from participant
where room_sid = $2 and coalesce(room_name = $3, false) and project = $1
order by started_at desc, sid desc, room_name desc
limit 51;
-- $1 = "default"
-- $2 = "RM_1"
-- $3 = "daily"

select case type when 'AUDIO' then 'AUDIO' when 'VIDEO' then 'VIDEO' when 'DATA' then 'DATA' else 'OTHER' end as "type"
from track
where room_sid = $2 and coalesce(room_name = $3, false) and project = $1
order by started_at desc, sid desc, room_name desc
limit 51;
-- $1 = "default"
-- $2 = "RM_1"
-- $3 = "daily"

select case status when 'EGRESS_STARTING' then 'STARTING' when 'EGRESS_ACTIVE' then 'ACTIVE' when 'EGRESS_ENDING' then 'ENDING' when 'EGRESS_COMPLETE' then 'COMPLETE' when 'EGRESS_FAILED' then 'FAILED' when 'EGRESS_ABORTED' then 'ABORTED' when 'EGRESS_LIMIT_REACHED' then 'LIMIT_REACHED' else 'OTHER' end as "status"
from egress
where room_sid = $2 and coalesce(room_name = $3, true) and project = $1
order by started_at desc, egress_id desc
limit 51;
-- $1 = "default"
-- $2 = "RM_1"
-- $3 = "daily"

select case status when 'ENDPOINT_INACTIVE' then 'INACTIVE' when 'ENDPOINT_BUFFERING' then 'BUFFERING' when 'ENDPOINT_PUBLISHING' then 'PUBLISHING' when 'ENDPOINT_ERROR' then 'ERROR' when 'ENDPOINT_COMPLETE' then 'COMPLETE' else 'OTHER' end as "status"
from ingress_session
where room_sid = $2 and coalesce(room_name = $3, true) and project = $1
order by started_at desc, resource_id desc, ingress_id desc
limit 51;
-- $1 = "default"
-- $2 = "RM_1"
-- $3 = "daily"

select case status when 'JS_PENDING' then 'PENDING' when 'JS_RUNNING' then 'RUNNING' when 'JS_SUCCESS' then 'SUCCESS' when 'JS_FAILED' then 'FAILED' when 'JS_CANCELLED' then 'CANCELLED' else 'OTHER' end as "status"
from agent_job
where room_sid = $2 and coalesce(room_name = $3, true) and project = $1
order by started_at desc, job_id desc
limit 51;
-- $1 = "default"
-- $2 = "RM_1"
-- $3 = "daily"

select parent, page.*
from unnest($2::text[], $3::text[], $4::int[]) as parents(parent_key0, parent_key1, parent)
cross join lateral (
  select case type when 'AUDIO' then 'AUDIO' when 'VIDEO' then 'VIDEO' when 'DATA' then 'DATA' else 'OTHER' end as "type"
  from track
  where participant_sid = parent_key0 and coalesce(room_name = parent_key1, false) and project = $1
  order by started_at desc, sid desc, room_name desc
  limit 51) as page;
-- $1 = "default"
-- $2 = ["PA_2","PA_1"]
-- $3 = ["daily","daily"]
-- $4 = [0,1]
