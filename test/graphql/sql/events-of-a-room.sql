-- { webhookEvents(filter: {roomSid: ["RM_1"]}) { nodes { id event receivedAt payload } } }

select id as "id",
    received_at as "receivedAt",
    event as "event",
    case when event = 'roomledger.corrected' and id ^@ 'roomledger:' then (payload::jsonb #- '{roomledger,by}' #- '{roomledger,reason}')::json else payload end as "payload"
from webhook_event
where true and project = $1 and room_sid = $2
order by epoch desc, xid desc, seq desc
limit 51;
-- $1 = "default"
-- $2 = "RM_1"
