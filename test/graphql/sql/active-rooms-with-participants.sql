-- { rooms(filter: {active: true}) { nodes { sid name participantCount participants(first: 10) { nodes { identity joinedAt } } } } }

select sid as "id",
    sid as "sid",
    room_name as "name",
    room_name as "roomName",
    (ended_at is null) as "active",
    participant_count as "participantCount"
from room
where true and project = $1 and length_class(started_at, ended_at) = 99
order by started_at desc, sid desc, room_name desc
limit 51;
-- $1 = "default"

select started_at as "joinedAt", identity as "identity"
from participant
where room_sid = $2 and coalesce(room_name = $3, false) and project = $1
order by started_at desc, sid desc, room_name desc
limit 11;
-- $1 = "default"
-- $2 = "RM_2"
-- $3 = "weekly"
