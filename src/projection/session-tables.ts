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
