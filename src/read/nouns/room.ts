import { metadataJson, plain } from '../columns.js';
import { all, atPath, count, equal, oneOf, text } from '../filters.js';
import type { Ends, Noun } from '../noun.js';
import { sessionColumns, sessionFilters, sessionOrders } from './session.js';
import { open } from '../overlap-sql.js';
import type { StatementBuilder } from '../statement.js';

const ends: Ends = { start: 'startedAt', end: 'endedAt' };

/** Starts are sorted; the first began the room. */
const restarts = `array(select to_char(to_timestamp(second) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"')
  from unnest(starts[2:]) as second)`;

export const room: Noun = {
  type: 'Room',
  table: 'room',
  id: ['sid', 'room_name'],
  columns: {
    id: 'sid',
    sid: 'sid',
    name: 'room_name',
    ...sessionColumns(ends),
    restarts,
    metadataJson,
    ...plain('endReason', 'metadata', 'emptyTimeoutSeconds', 'departureTimeoutSeconds', 'maxParticipants'),
    ...plain('participantCount', 'participantSessionCount'),
  },
  keys: ['id', 'sid', 'roomName', 'active'],
  filters: {
    ...sessionFilters(ends),
    sid: oneOf('sid'),
    name: text('room_name'),
    participantCount: count('participant_count'),
    recording: (recording: boolean, statement: StatementBuilder) =>
      `${recording ? '' : 'not '}${recordingSql(statement)}`,
    identity: (identity: string, statement: StatementBuilder) =>
      `(sid, room_name) in (${roomsOf(identity, statement)})`,
    metadata: atPath('metadata_json'),
  },
  names: { name: 'room_name' },
  orders: {
    ...sessionOrders(ends, ['sid', 'room_name']),
    NAME: [
      { sql: 'room_name', kind: 'text' },
      { sql: 'sid', kind: 'text' },
    ],
    PARTICIPANT_COUNT: [
      { sql: 'participant_count', kind: 'integer' },
      { sql: 'sid', kind: 'text' },
      { sql: 'room_name', kind: 'text' },
    ],
  },
  defaultOrder: 'STARTED_AT',
  orderOfActive: 'PARTICIPANT_COUNT',
  ends,
};

function recordingSql(statement: StatementBuilder): string {
  const live = `from egress where ${all([statement.inScope, open, 'room_sid is not null'])}`;
  const named = `(sid, room_name) in (select room_sid, room_name ${live} and room_name is not null)`;
  return `(${open} and (${named} or sid in (select room_sid ${live} and room_name is null)))`;
}

function roomsOf(identity: string, statement: StatementBuilder): string {
  const connected = all([equal('identity')(identity, statement), statement.inScope, "state <> 'ABORTED'"]);
  return `select room_sid, room_name from participant where ${connected}`;
}
