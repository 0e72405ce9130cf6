-- { participants(filter: {active: false}) { nodes { sid room { name } } pageInfo { hasNextPage hasPreviousPage } } }

select page."sid", room.*
from (
  select sid as "id", sid as "sid", room_name as "roomName", room_sid as "roomSid"
  from ((
    select found.*
    from (values (0, interval '60 s'), (1, interval '240 s'), (2, interval '960 s'), (3, interval '3840 s'), (4, interval '15360 s'), (5, interval '61440 s'), (6, interval '245760 s'), (7, interval '983040 s'), (8, interval '3932160 s'), (9, interval '15728640 s'), (10, interval '1000 years')) as classes(index, reach)
    cross join lateral (
      select *
      from participant
      where true and project = $1 and room_name = $2 and length_class(started_at, ended_at) = classes.index
      order by started_at desc, sid desc, room_name desc
      limit 51) as found)) as participant
  order by started_at desc, sid desc, room_name desc
  limit 51) as page
left join lateral (
  select sid as "room.id", room_name as "room.name"
  from room
  where sid = page."roomSid" and project = $1 and room_name = $2 and (room_name = page."roomName" or not exists (
    select
    from room
    where sid = page."roomSid" and project = $1 and room_name = $2 and room_name = page."roomName"))
  order by sid, room_name
  limit 1) as room on true;
-- $1 = "default"
-- $2 = "daily"
