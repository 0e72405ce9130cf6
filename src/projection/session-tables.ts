import { jobTable } from './agent-job.js';
import { egressTable } from './egress.js';
import { ingressTable } from './ingress-session.js';
import { participantTable } from './participant.js';
import { roomTable } from './room.js';
import type { Table } from './table.js';
import { trackTable } from './track.js';

/** Every table of sessions, in the order in which intake comes to them. */
export const sessionTables: readonly Table[] = [
  roomTable,
  participantTable,
  trackTable,
  egressTable,
  ingressTable,
  jobTable,
];
