import { agentJob } from './agent-job.js';
import { correction } from './correction.js';
import { egress } from './egress.js';
import { erasure } from './erasure.js';
import { ingressSession } from './ingress-session.js';
import { participant } from './participant.js';
import { room } from './room.js';
import { track } from './track.js';
import { webhookEvent } from './webhook-event.js';

/** In the order in which an id is looked for. */
export const nouns = [
  room,
  participant,
  track,
  egress,
  ingressSession,
  agentJob,
  webhookEvent,
  correction,
  erasure,
] as const;
