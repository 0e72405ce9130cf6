-- GET /export/participants.csv

select sid as "id",
    sid as "sid",
    case kind when 'STANDARD' then 'STANDARD' when 'INGRESS' then 'INGRESS' when 'EGRESS' then 'EGRESS' when 'SIP' then 'SIP' when 'AGENT' then 'AGENT' when 'CONNECTOR' then 'CONNECTOR' when 'BRIDGE' then 'BRIDGE' else 'OTHER' end as "kind",
    project as "project",
    room_name as "roomName",
    start_source as "startSource",
    end_source as "endSource",
    last_seen_at as "lastSeenAt",
    (ended_at is null) as "active",
    started_at as "joinedAt",
    ended_at as "leftAt",
    (case when state = 'ABORTED' then 0 else round(extract(epoch from greatest(coalesce(ended_at, $2::timestamptz) - started_at, interval '0')), 3) end)::float8 as "durationSeconds",
    (end_uncertainty_ms::float8 / 1000) as "endUncertaintySeconds",
    identity as "identity",
    name as "name",
    kind_details as "kindDetails",
    state as "state",
    disconnect_reason as "disconnectReason",
    region as "region",
    hidden as "hidden",
    publisher as "publisher",
    (case when metadata_json is not null then metadata end)::json as "metadataJson",
    metadata as "metadata",
    attributes as "attributes",
    room_sid as "roomSid",
    started_at as "key0",
    sid as "key1",
    room_name as "key2"
from participant
where true and project = $1
order by started_at asc, sid asc, room_name asc
limit 2001;
-- $1 = "default"
-- $2 = "2026-11-24T12:00:00.000Z"
