-- { participants(filter: {identity: {contains: "NN", notIn: ["bob"]}, active: true}) { nodes { sid identity joinedAt leftAt } pageInfo { hasNextPage hasPreviousPage } } }

select sid as "sid", started_at as "joinedAt", ended_at as "leftAt", identity as "identity"
from participant
where true and project = $1 and strpos(replace(upper(lower(identity collate "und-x-icu")), E'I\u0307', 'I'), replace(upper(lower($2::text collate "und-x-icu")), E'I\u0307', 'I')) > 0 and coalesce(identity <> all($3::text[]), true) and length_class(started_at, ended_at) = 99
order by started_at desc, sid desc, room_name desc
limit 51;
-- $1 = "default"
-- $2 = "NN"
-- $3 = ["bob"]
