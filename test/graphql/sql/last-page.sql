-- { participants(last: 50) { nodes { sid identity joinedAt leftAt } pageInfo { hasNextPage hasPreviousPage } } }

select sid as "sid", started_at as "joinedAt", ended_at as "leftAt", identity as "identity"
from participant
where true and project = $1
order by started_at asc, sid asc, room_name asc
limit 51;
-- $1 = "default"
