-- { participants(filter: {identity: {eq: "ann"}, joinedAt: {gte: "2026-11-01T00:00:00Z"}}) { nodes { sid joinedAt leftAt room { name startedAt endedAt } } pageInfo { hasNextPage hasPreviousPage } } }

select page."sid", page."joinedAt", page."leftAt", room.*
from (
  select sid as "id",
      sid as "sid",
      room_name as "roomName",
      started_at as "joinedAt",
      ended_at as "leftAt",
      room_sid as "roomSid"
  from participant
  where true and project = $1 and identity = $2 and started_at >= $3
  order by started_at desc, sid desc, room_name desc
  limit 51) as page
left join lateral (
  select sid as "room.id", room_name as "room.name", started_at as "room.startedAt", ended_at as "room.endedAt"
  from room
  where sid = page."roomSid" and project = $1 and (room_name = page."roomName" or not exists (
    select
    from room
    where sid = page."roomSid" and project = $1 and room_name = page."roomName"))
  order by sid, room_name
  limit 1) as room on true;
-- $1 = "default"
-- $2 = "ann"
-- $3 = "2026-11-01T00:00:00.000Z"
