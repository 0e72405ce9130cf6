-- { rooms(filter: {recording: true}) { nodes { sid recording } } }

select sid as "id", sid as "sid", room_name as "roomName", (ended_at is null) as "active"
from room
where true and project = $1 and (length_class(started_at, ended_at) = 99 and ((sid, room_name) in (
  select room_sid, room_name
  from egress
  where project = $1 and length_class(started_at, ended_at) = 99 and room_sid is not null and room_name is not null) or sid in (
  select room_sid
  from egress
  where project = $1 and length_class(started_at, ended_at) = 99 and room_sid is not null and room_name is null)))
order by started_at desc, sid desc, room_name desc
limit 51;
-- $1 = "default"

select distinct room, true as recording
from unnest($2::text[], $3::text[], $4::int[]) as rooms(of_sid, of_name, room)
join egress on room_sid = of_sid and (room_name = of_name or room_name is null)
where project = $1 and length_class(started_at, ended_at) = 99 and room = any($5::int[]);
-- $1 = "default"
-- $2 = ["RM_2"]
-- $3 = ["weekly"]
-- $4 = [0]
-- $5 = [0]
