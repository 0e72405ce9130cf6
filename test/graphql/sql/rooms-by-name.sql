-- { rooms(orderBy: {field: NAME, direction: ASC}) { nodes { sid name } } }

select sid as "sid", room_name as "name"
from room
where true and project = $1
order by room_name asc, sid asc
limit 51;
-- $1 = "default"
