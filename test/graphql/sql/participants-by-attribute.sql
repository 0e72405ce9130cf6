-- { participants(filter: {attribute: {path: "plan", eq: "pro"}}) { nodes { sid identity joinedAt leftAt } pageInfo { hasNextPage hasPreviousPage } } }

select sid as "sid", started_at as "joinedAt", ended_at as "leftAt", identity as "identity"
from participant
where true and project = $1 and attributes ->> $2 = $3
order by started_at desc, sid desc, room_name desc
limit 51;
-- $1 = "default"
-- $2 = "plan"
-- $3 = "pro"
