-- { rooms(filter: {active: true}, orderBy: {field: PARTICIPANT_COUNT, direction: DESC}) { nodes { sid participantCount } } }

select sid as "sid", participant_count as "participantCount"
from room
where true and project = $1 and length_class(started_at, ended_at) = 99
order by participant_count desc, sid desc, room_name desc
limit 51;
-- $1 = "default"
