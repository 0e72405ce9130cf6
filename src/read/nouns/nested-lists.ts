import { agentJob } from './agent-job.js';
import { egress } from './egress.js';
import { ingressSession } from './ingress-session.js';
import { participant } from './participant.js';
import type { NestedList } from '../noun.js';
import { track } from './track.js';
import { webhookEvent } from './webhook-event.js';

type Lists = Readonly<Record<string, Omit<NestedList, 'list'>>>;

const ofRoom = { keys: ['sid', 'roomName'], on: sidAndName('room_sid') };
// These outlive their room, and may not know its name.
const ofRoomNamed = { keys: ['sid', 'roomName'], on: sidAndMaybe('room_sid', 'room_name') };

export const nestedLists = {
  Room: named('Room', {
    participants: { noun: participant, ...ofRoom },
    tracks: { noun: track, ...ofRoom },
    egresses: { noun: egress, ...ofRoomNamed },
    ingressSessions: { noun: ingressSession, ...ofRoomNamed },
    agentJobs: { noun: agentJob, ...ofRoomNamed },
    events: { noun: webhookEvent, ...ofRoomNamed },
  }),
  Participant: named('Participant', {
    tracks: { noun: track, keys: ['sid', 'roomName'], on: sidAndName('participant_sid') },
    events: { noun: webhookEvent, keys: ['sid', 'roomName'], on: sidAndMaybe('participant_sid', 'room_name') },
  }),
  Egress: named('Egress', { events: { noun: webhookEvent, keys: ['id'], on: (id) => `egress_id = ${id}` } }),
  IngressSession: named('IngressSession', {
    events: { noun: webhookEvent, keys: ['id', 'ingressId'], on: sidAndMaybe('resource_id', 'ingress_id') },
  }),
  AgentJob: named('AgentJob', { events: { noun: webhookEvent, keys: ['id'], on: (id) => `job_id = ${id}` } }),
};

// The name only separates rows that share a sid by mistake. `coalesce` keeps the planner off the index by name, which
// may cover years of rows.
function sidAndName(column: string): NestedList['on'] {
  return (sid, name) => `${column} = ${sid} and coalesce(room_name = ${name}, false)`;
}

function sidAndMaybe(column: string, narrower: string): NestedList['on'] {
  return (sid, name) => `${column} = ${sid} and coalesce(${narrower} = ${name}, true)`;
}

function named(type: string, lists: Lists): Record<string, NestedList> {
  return Object.fromEntries(
    Object.entries(lists).map(([field, list]) => [field, { ...list, list: `${type}.${field}` }]),
  );
}
