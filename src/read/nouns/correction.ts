import { plain } from '../columns.js';
import type { Noun } from '../noun.js';
import { agentJob } from './agent-job.js';
import { egress } from './egress.js';
import { ingressSession } from './ingress-session.js';
import { participant } from './participant.js';
import { room } from './room.js';
import { track } from './track.js';

const corrected: Readonly<Record<string, Noun>> = {
  ROOM: room,
  PARTICIPANT: participant,
  TRACK: track,
  EGRESS: egress,
  INGRESS_SESSION: ingressSession,
  AGENT_JOB: agentJob,
};

/** Whether the session's end is the operator's. */
const stands = `case kind ${Object.entries(corrected)
  .map(([kind, { table, id }]) => `when '${kind}' then exists (${operatorsEnd(table, id[0])})`)
  .join(' ')} end`;

function operatorsEnd(table: string, id: string): string {
  const named = 'coalesce(s.room_name = correction.room_name, true)';
  return `select from ${table} s where s.${id} = session_id and s.project = correction.project and ${named} and s.end_source = 'OPERATOR'`;
}

/** What operators decided: a view of the log. */
export const correction: Noun = {
  type: 'Correction',
  table: 'correction',
  id: ['id'],
  idPrefix: 'correction:',
  columns: {
    id: 'id',
    ...plain('endedAt', 'by', 'reason', 'at', 'undoneAt', 'sessionId'),
    overridden: `(undone_at is null and not ${stands})`,
  },
  keys: ['sessionId'],
  filters: {},
  orders: {
    LOG: ['epoch', 'xid', 'seq'].map((sql) => ({ sql, kind: 'integer' })),
  },
  defaultOrder: 'LOG',
  ofProject: true,
};
