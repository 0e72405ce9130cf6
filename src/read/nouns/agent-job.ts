import { plain, word, words } from '../columns.js';
import * as filter from '../filters.js';
import type { Noun } from '../noun.js';
import { sessionColumns, sessionFilters, sessionOrders } from './session.js';
import { room } from './room.js';

const ends = { start: 'startedAt', end: 'endedAt', empty: 'waiting' };
const statuses = words(['PENDING', 'RUNNING', 'SUCCESS', 'FAILED', 'CANCELLED'], (status) => `JS_${status}`);

export const agentJob: Noun = {
  type: 'AgentJob',
  table: 'agent_job',
  id: ['job_id'],
  columns: {
    id: 'job_id',
    type: "regexp_replace(type, '^JT_', '')",
    status: word('status', statuses),
    ...sessionColumns(ends),
    ...plain('agentName', 'roomSid', 'agentIdentity', 'participantIdentity', 'error', 'info'),
  },
  keys: ['id', 'roomSid', 'roomName'],
  filters: {
    ...sessionFilters(ends),
    id: filter.oneOf('job_id'),
    agentName: filter.text('agent_name'),
    roomSid: filter.oneOf('room_sid'),
    roomName: filter.text('room_name'),
    status: filter.word('status', statuses),
  },
  names: { roomName: 'room_name' },
  orders: sessionOrders(ends, ['job_id']),
  defaultOrder: 'STARTED_AT',
  ends,
  pointers: { room: { noun: room, id: 'roomSid' } },
  empty: ends.empty,
};
