import { jobTable } from './agent-job.js';
import { egressTable } from './egress.js';
import { ingressTable } from './ingress-session.js';
import { participantTable } from './participant.js';
import { roomTable } from './room.js';
import type { SessionTable } from './session-table.js';
import { trackTable } from './track.js';

export const sessionTables: readonly SessionTable[] = [
  roomTable,
  participantTable,
  trackTable,
  egressTable,
  ingressTable,
  jobTable,
];

/** The indexes by which rows are read while events are merged, besides the keys. */
export const mergingIndexes: readonly string[] = [
  'room_family',
  'participant_cascade',
  'participant_family',
  'track_by_participant',
  'track_cascade',
  'ingress_session_family',
];
