import { plain } from './read/columns.js';
import { all, atPath, count, equal, oneOf, text } from './read/filters.js';
import type { Noun } from './read/noun.js';
import { type Ends, sessionColumns, sessionFilters, sessionOrders } from './read/session.js';
import type { Statement } from './read/statement.js';

const ends: Ends = { start: 'startedAt', end: 'endedAt' };

/** Egress that has not ended, in the shape of the index by end. */
export const openEgress = "coalesce(ended_at, 'infinity'::timestamptz) = 'infinity'";

export const room: Noun = {
  type: 'Room',
  table: 'room',
  id: ['sid', 'room_name'],
  columns: {
    id: 'sid',
    sid: 'sid',
    name: 'room_name',
    ...sessionColumns(ends),
    ...plain(
      'endReason',
      'metadata',
      'metadataJson',
      'emptyTimeoutSeconds',
      'departureTimeoutSeconds',
      'maxParticipants',
    ),
    ...plain('participantCount', 'participantSessionCount'),
  },
  always: ['id', 'sid', 'roomName', 'active'],
  filters: {
    ...sessionFilters(ends),
    // The plain condition is that of the partial index of open rooms.
    active: (active: boolean) => `ended_at is ${active ? '' : 'not '}null`,
    sid: oneOf('sid'),
    name: text('room_name'),
    participantCount: count('participant_count'),
    recording: (recording: boolean, statement: Statement) => `${recording ? '' : 'not '}${recordingSql(statement)}`,
    identity: (identity: string, statement: Statement) => `(sid, room_name) in (${roomsOf(identity, statement)})`,
    metadata: atPath('metadata_json'),
  },
  orders: {
    ...sessionOrders(ends, ['sid', 'room_name']),
    NAME: [
      { sql: 'room_name', text: 'room_name', kind: 'text' },
      { sql: 'sid', text: 'sid', kind: 'text' },
    ],
  },
  defaultOrder: 'STARTED_AT',
};

// Uncorrelated, because egress lies elsewhere than rooms on Citus.
function recordingSql(statement: Statement): string {
  const open = `from egress where ${all([statement.inScope, openEgress, 'room_sid is not null'])}`;
  const named = `(sid, room_name) in (select room_sid, room_name ${open} and room_name is not null)`;
  return `(ended_at is null and (${named} or sid in (select room_sid ${open} and room_name is null)))`;
}

function roomsOf(identity: string, statement: Statement): string {
  const connected = all([equal('identity')(identity, statement), statement.inScope, "state <> 'ABORTED'"]);
  return `select room_sid, room_name from participant where ${connected}`;
}
