import { plain } from '../columns.js';
import * as filter from '../filters.js';
import type { Noun } from '../noun.js';

/** Who corrected what, and why, is told by `corrections` alone. */
const payload = `case when event = 'roomledger.corrected' and id ^@ 'roomledger:'
  then (payload::jsonb #- '{roomledger,by}' #- '{roomledger,reason}')::json else payload end`;

export const webhookEvent: Noun = {
  type: 'WebhookEvent',
  table: 'webhook_event',
  id: ['id', 'created_at', 'created_seconds'],
  columns: {
    id: 'id',
    ...plain(
      'createdAt',
      'receivedAt',
      'project',
      'event',
      'deliveries',
      'projected',
      'problem',
      'roomSid',
      'roomName',
      'participantSid',
    ),
    ...plain('participantIdentity', 'trackSid', 'egressId', 'ingressId', 'resourceId', 'jobId'),
    payload,
  },
  keys: ['id'],
  filters: {
    project: filter.equal('project'),
    id: filter.oneOf('id'),
    event: filter.oneOf('event'),
    roomSid: filter.oneOf('room_sid'),
    roomName: filter.text('room_name'),
    participantSid: filter.oneOf('participant_sid'),
    identity: filter.equal('participant_identity'),
    trackSid: filter.oneOf('track_sid'),
    egressId: filter.oneOf('egress_id'),
    ingressId: filter.oneOf('ingress_id'),
    resourceId: filter.oneOf('resource_id'),
    jobId: filter.oneOf('job_id'),
    createdAt: filter.eventTime('created_at'),
    receivedAt: filter.instant('received_at'),
    projected: filter.is('projected'),
  },
  names: { roomName: 'room_name' },
  orders: {
    LOG: ['epoch', 'xid', 'seq'].map((sql) => ({ sql, kind: 'integer' })),
  },
  defaultOrder: 'LOG',
  ofLog: true,
  horizon: `((select epoch from log_epoch) || ':' || pg_snapshot_xmin(pg_current_snapshot())::text)`,
};
