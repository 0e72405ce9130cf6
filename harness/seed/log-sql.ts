/** The event that each participant joined with, in the log's order. */
export const insertLog = `
  insert into webhook_event (project, id, created_seconds, event, created_at, received_at, deliveries, projected,
    room_sid, room_name, participant_sid, participant_identity, payload, epoch)
  select project, 'EV_' || substr(sid, 4), extract(epoch from joined_s)::bigint, 'participant_joined', joined_s,
    joined_ms + interval '300 ms', 1, true, room_sid, room_name, sid, identity,
    format('{"event":"participant_joined","room":{"sid":"%s","name":"%s","emptyTimeout":300,"departureTimeout":20},"participant":{"sid":"%s","identity":"%s","state":"ACTIVE","joinedAt":"%s","name":"%s","version":2,"attributes":%s,"permission":{"canSubscribe":true,"canPublish":true,"canPublishData":true,"canUpdateMetadata":true},"region":"%s"},"id":"EV_%s","createdAt":"%s"}',
      room_sid, room_name, sid, identity, extract(epoch from joined_s)::bigint, name, attributes, region, substr(sid, 4),
      extract(epoch from joined_s)::bigint)::json,
    (select epoch from log_epoch)
  from participant`;
