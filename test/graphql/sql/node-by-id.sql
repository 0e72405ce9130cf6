-- { node(id: "PA_3") { id ... on Session { active } } }

select 'Room' as type, sid as id
from room
where sid = any($2::text[]) and project = $1
union
select 'Participant' as type, sid as id
from participant
where sid = any($2::text[]) and project = $1
union
select 'Track' as type, sid as id
from track
where sid = any($2::text[]) and project = $1
union
select 'Egress' as type, egress_id as id
from egress
where egress_id = any($2::text[]) and project = $1
union
select 'IngressSession' as type, resource_id as id
from ingress_session
where resource_id = any($2::text[]) and project = $1
union
select 'AgentJob' as type, job_id as id
from agent_job
where job_id = any($2::text[]) and project = $1
union
select 'WebhookEvent' as type, id as id
from webhook_event
where id = any($2::text[]) and project = $1;
-- $1 = "default"
-- $2 = ["PA_3"]

select distinct on (sid) sid as "id", room_name as "roomName", (ended_at is null) as "active"
from participant
where sid = any($2::text[]) and project = $1
order by sid, room_name;
-- $1 = "default"
-- $2 = ["PA_3"]
