-- { rooms(filter: {metadata: {path: "tenant.id", eq: "7"}}) { nodes { sid } } }

select sid as "sid"
from room
where true and project = $1 and (jsonb_typeof(metadata_json #> $2::text[]) in ('string', 'number', 'boolean') and metadata_json #>> $2::text[] = $3)
order by started_at desc, sid desc, room_name desc
limit 51;
-- $1 = "default"
-- $2 = ["tenant","id"]
-- $3 = "7"
