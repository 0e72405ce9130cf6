import { plain, word, words } from '../columns.js';
import * as filter from '../filters.js';
import type { Ends, Noun } from '../noun.js';
import { sessionColumns, sessionFilters, sessionOrders } from './session.js';
import { room } from './room.js';

const ends: Ends = { start: 'startedAt', end: 'endedAt' };
const inputTypes = words(['RTMP', 'WHIP', 'URL'], (type) => `${type}_INPUT`);
const statuses = words(['INACTIVE', 'BUFFERING', 'PUBLISHING', 'ERROR', 'COMPLETE'], (status) => `ENDPOINT_${status}`);

export const ingressSession: Noun = {
  type: 'IngressSession',
  table: 'ingress_session',
  id: ['resource_id', 'ingress_id'],
  columns: {
    id: 'resource_id',
    inputType: word('input_type', inputTypes),
    status: word('status', statuses),
    ...sessionColumns(ends),
    ...plain('ingressId', 'resourceId', 'name', 'roomSid', 'participantIdentity', 'error', 'transcoding', 'info'),
  },
  keys: ['id', 'resourceId', 'ingressId', 'roomSid', 'roomName'],
  filters: {
    ...sessionFilters(ends),
    ingressId: filter.oneOf('ingress_id'),
    roomSid: filter.oneOf('room_sid'),
    roomName: filter.text('room_name'),
    inputType: filter.word('input_type', inputTypes),
    status: filter.word('status', statuses),
  },
  names: { roomName: 'room_name' },
  orders: sessionOrders(ends, ['resource_id', 'ingress_id']),
  defaultOrder: 'STARTED_AT',
  ends,
  pointers: { room: { noun: room, id: 'roomSid' } },
};
