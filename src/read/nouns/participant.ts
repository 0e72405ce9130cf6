import { metadataJson, plain, word, words } from '../columns.js';
import * as filter from '../filters.js';
import type { Noun } from '../noun.js';
import { sessionColumns, sessionFilters, sessionOrders } from './session.js';
import { room } from './room.js';

const ends = { start: 'joinedAt', end: 'leftAt', empty: "state = 'ABORTED'" };
export const kinds = words(['STANDARD', 'INGRESS', 'EGRESS', 'SIP', 'AGENT', 'CONNECTOR', 'BRIDGE']);

export const participant: Noun = {
  type: 'Participant',
  table: 'participant',
  id: ['sid', 'room_name'],
  columns: {
    id: 'sid',
    sid: 'sid',
    kind: word('kind', kinds),
    ...sessionColumns(ends),
    ...plain('identity', 'name', 'kindDetails', 'state', 'disconnectReason', 'region', 'hidden', 'publisher'),
    metadataJson,
    ...plain('metadata', 'attributes', 'roomSid'),
  },
  keys: ['id', 'sid', 'roomSid', 'roomName'],
  filters: {
    ...sessionFilters(ends),
    sid: filter.oneOf('sid'),
    identity: filter.text('identity'),
    name: filter.text('name'),
    kind: filter.word('kind', kinds),
    state: filter.oneOf('state'),
    roomSid: filter.oneOf('room_sid'),
    roomName: filter.text('room_name'),
    disconnectReason: filter.oneOf('disconnect_reason'),
    attribute: filter.attribute('attributes'),
    hidden: filter.is('hidden'),
    excludeKindDetails: filter.noneOf('kind_details'),
  },
  names: { identity: 'identity', roomName: 'room_name' },
  orders: sessionOrders(ends, ['sid', 'room_name']),
  defaultOrder: 'JOINED_AT',
  ends,
  pointers: { room: { noun: room, id: 'roomSid' } },
  empty: ends.empty,
};
