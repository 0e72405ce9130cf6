import { plain, word, words } from '../columns.js';
import * as filter from '../filters.js';
import type { Ends, Noun } from '../noun.js';
import { sessionColumns, sessionFilters, sessionOrders } from './session.js';
import { room } from './room.js';

const ends: Ends = { start: 'startedAt', end: 'endedAt' };
const statuses = words(
  ['STARTING', 'ACTIVE', 'ENDING', 'COMPLETE', 'FAILED', 'ABORTED', 'LIMIT_REACHED'],
  (status) => `EGRESS_${status}`,
);
export const types = words([
  'ROOM_COMPOSITE',
  'WEB',
  'PARTICIPANT',
  'TRACK_COMPOSITE',
  'TRACK',
  'TEMPLATE',
  'MEDIA',
  'REPLAY',
]);

export const egress: Noun = {
  type: 'Egress',
  table: 'egress',
  id: ['egress_id'],
  columns: {
    id: 'egress_id',
    type: word('type', types),
    status: word('status', statuses),
    sourceType: "regexp_replace(source_type, '^EGRESS_SOURCE_TYPE_', '')",
    ...sessionColumns(ends),
    ...plain('egressId', 'updatedAt', 'roomSid', 'error', 'errorCode', 'details', 'outputs', 'info'),
  },
  keys: ['id', 'egressId', 'roomSid', 'roomName'],
  filters: {
    ...sessionFilters(ends),
    egressId: filter.oneOf('egress_id'),
    roomSid: filter.oneOf('room_sid'),
    roomName: filter.text('room_name'),
    status: filter.word('status', statuses),
    type: filter.word('type', types),
  },
  names: { roomName: 'room_name' },
  orders: sessionOrders(ends, ['egress_id']),
  defaultOrder: 'STARTED_AT',
  ends,
  pointers: { room: { noun: room, id: 'roomSid' } },
};
