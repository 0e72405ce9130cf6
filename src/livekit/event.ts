import { hash } from 'node:crypto';
import type { EgressInfo, IngressInfo, Job, ParticipantInfo, Room, TrackInfo, WebhookEvent } from '@livekit/protocol';
import { isObject, type JsonObject } from './json.js';
import { child, children, field, integer, text, toInteger, type Wire } from './wire-fields.js';
import { believable } from './time.js';

const SUBJECTS = {
  room_started: 'room',
  room_finished: 'room',
  participant_joined: 'participant',
  participant_left: 'participant',
  participant_connection_aborted: 'participant',
  track_published: 'track',
  track_unpublished: 'track',
  egress_started: 'egress',
  egress_updated: 'egress',
  egress_ended: 'egress',
  ingress_started: 'ingress',
  ingress_ended: 'ingress',
  agent_job_pending: 'job',
  agent_job_started: 'job',
  agent_job_ended: 'job',
} as const;

export type EventName = keyof typeof SUBJECTS;
/** Findings are the service's own events (src/projection/finding.ts). */
export type Subject = (typeof SUBJECTS)[EventName] | 'finding';

export interface EventIds {
  roomSid: string | null;
  roomName: string | null;
  participantSid: string | null;
  participantIdentity: string | null;
  trackSid: string | null;
  egressId: string | null;
  ingressId: string | null;
  resourceId: string | null;
  jobId: string | null;
}

export interface LedgerEvent {
  project: string;
  id: string;
  /** createdAt as sent, 0 if absent: part of the event's identity. */
  createdSeconds: bigint;
  name: string;
  subject: Subject | null;
  /** The event's clock, in ms: whole seconds. */
  at: number;
  /** First arrival, in ms. */
  receivedAt: number;
  ids: EventIds;
  problem: string | null;
  message: Wire<WebhookEvent>;
}

const egressRequests = ['egress', 'roomComposite', 'participant', 'trackComposite', 'track'];

const MAX_ID_BYTES = 512;
const MAX_NAME_BYTES = 1024;
const INT64 = 1n << 63n;
/** The range of RFC 3339, in seconds. */
const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;

/** Reads an event that is already cleaned and redacted. Never throws. @param receivedAt in ms */
export function readEvent(project: string, json: JsonObject, receivedAt: number): LedgerEvent {
  const message = json as Wire<WebhookEvent>;
  const name = text(message, 'event') ?? '';
  const subject = Object.hasOwn(SUBJECTS, name) ? SUBJECTS[name as EventName] : null;
  const sent = toInteger(field(message, 'createdAt')) ?? 0n;
  const createdSeconds = sent < INT64 && sent >= -INT64 ? sent : 0n;
  const arrivalSecond = Math.floor(receivedAt / 1000) * 1000;
  const showable = createdSeconds !== 0n && createdSeconds >= FIRST_SECOND && createdSeconds <= LAST_SECOND;
  const named = idsOf(message, subject);
  const oversized = oversizedId(message, named);
  const event: LedgerEvent = {
    project,
    id: boundedId(text(message, 'id') ?? ''),
    createdSeconds,
    name,
    subject,
    at: showable ? Number(createdSeconds) * 1000 : arrivalSecond,
    receivedAt,
    ids: oversized ? withoutOversized(named) : named,
    problem: null,
    message,
  };
  event.problem = oversized ?? problemOf(event, text(message, 'id') ?? '');
  return event;
}

function problemOf(event: LedgerEvent, id: string): string | null {
  if (event.subject === null) return `unknown event name ${JSON.stringify(event.name.slice(0, 100))}`;
  if (bytes(id) > MAX_ID_BYTES) return `the event's id is longer than ${MAX_ID_BYTES} bytes`;
  if (event.createdSeconds !== 0n && !believable(Number(event.createdSeconds) * 1000, event.receivedAt)) {
    return `createdAt ${event.createdSeconds} lies outside 2000 to 2100, or more than 10 minutes after the arrival`;
  }
  const missing = DEMANDS[event.subject].find((demand) => !demand.some((id) => event.ids[id] !== null));
  return missing ? `${event.name} without ${DEMAND_NAMES[missing[0] ?? 'roomSid']}` : null;
}

/** One of each inner list must be present. */
const DEMANDS: Record<Subject, (keyof EventIds)[][]> = {
  room: [['roomSid'], ['roomName']],
  participant: [['roomSid'], ['roomName'], ['participantSid']],
  track: [['roomSid'], ['roomName'], ['participantSid'], ['trackSid']],
  egress: [['egressId']],
  ingress: [['resourceId']],
  job: [['jobId']],
  finding: [],
};

const DEMAND_NAMES: Record<keyof EventIds, string> = {
  roomSid: 'room.sid',
  roomName: 'room.name',
  participantSid: 'participant.sid',
  participantIdentity: 'participant.identity',
  trackSid: 'track.sid',
  egressId: 'egressInfo.egressId',
  ingressId: 'ingressInfo.ingressId',
  resourceId: 'ingressInfo.state.resourceId, and without ingressId with state.startedAt',
  jobId: 'job.id',
};

function idsOf(message: Wire<WebhookEvent>, subject: Subject | null): EventIds {
  const participant = child(message, 'participant');
  const track = child(message, 'track');
  const egress = child(message, 'egressInfo');
  const ingress = child(message, 'ingressInfo');
  const job = child(message, 'job');
  return {
    ...roomOf(message, subject),
    participantSid: participant && text<ParticipantInfo>(participant, 'sid'),
    participantIdentity: identityOf(message, subject),
    trackSid: track && text<TrackInfo>(track, 'sid'),
    egressId: egress && text<EgressInfo>(egress, 'egressId'),
    ingressId: ingress && text<IngressInfo>(ingress, 'ingressId'),
    resourceId: ingress && resourceIdOf(ingress),
    jobId: job && text<Job>(job, 'id'),
  };
}

/** Prefers the room in the nested message: the event's own may lack the sid, or be empty. */
function roomOf(message: Wire<WebhookEvent>, subject: Subject | null): Pick<EventIds, 'roomSid' | 'roomName'> {
  const egress = subject === 'egress' ? child(message, 'egressInfo') : null;
  const ingress = subject === 'ingress' ? child(message, 'ingressInfo') : null;
  const state = ingress && child(ingress, 'state');
  const job = subject === 'job' ? child(message, 'job') : null;
  const rooms = [job && child(job, 'room'), child(message, 'room')].filter((room) => room !== null);
  return {
    roomSid:
      (egress && text<EgressInfo>(egress, 'roomId')) ??
      (state && text(state, 'roomId')) ??
      first(rooms, (room) => text<Room>(room, 'sid')),
    roomName:
      (egress && (text<EgressInfo>(egress, 'roomName') ?? requestedRoom(egress))) ??
      (ingress && text<IngressInfo>(ingress, 'roomName')) ??
      first(rooms, (room) => text<Room>(room, 'name')),
  };
}

/** Servers before 2022-08 name the room only in the request. */
function requestedRoom(egress: Wire<EgressInfo>): string | null {
  const requests = egressRequests.map((name) => field(egress, name)).filter(isObject);
  return first(requests, (request) => text<{ roomName: string }>(request, 'roomName'));
}

function first<T>(list: T[], read: (item: T) => string | null): string | null {
  for (const item of list) {
    const value = read(item);
    if (value !== null) return value;
  }
  return null;
}

function identityOf(message: Wire<WebhookEvent>, subject: Subject | null): string | null {
  const ingress = subject === 'ingress' ? child(message, 'ingressInfo') : null;
  const job = subject === 'job' ? child(message, 'job') : null;
  const participants = [job && child(job, 'participant'), child(message, 'participant')].filter((p) => p !== null);
  return (
    (ingress && text<IngressInfo>(ingress, 'participantIdentity')) ??
    first(participants, (participant) => text<ParticipantInfo>(participant, 'identity'))
  );
}

/** LiveKit's resource id, or `ingressId:startedAt` from a server that sends none. */
function resourceIdOf(ingress: Wire<IngressInfo>): string | null {
  const state = child(ingress, 'state');
  if (!state) return null;
  const resourceId = text(state, 'resourceId');
  if (resourceId) return resourceId;
  const ingressId = text<IngressInfo>(ingress, 'ingressId');
  const startedAt = integer(state, 'startedAt');
  return ingressId && startedAt ? `${ingressId}:${startedAt}` : null;
}

function oversizedId(message: Wire<WebhookEvent>, ids: EventIds): string | null {
  const participant = child(message, 'participant');
  const listed = participant ? children(participant, 'tracks').map((track) => text<TrackInfo>(track, 'sid')) : [];
  for (const [name, value] of Object.entries(ids)) {
    if (value !== null && bytes(value) > limitOf(name)) return `${name} is longer than ${limitOf(name)} bytes`;
  }
  const longTrack = listed.some((sid) => sid !== null && bytes(sid) > MAX_ID_BYTES);
  return longTrack ? `a listed track's sid is longer than ${MAX_ID_BYTES} bytes` : null;
}

/** An id too long for an index stays in the payload only. */
function withoutOversized(ids: EventIds): EventIds {
  const kept = Object.entries(ids).map(([name, value]) => [name, value && bytes(value) > limitOf(name) ? null : value]);
  return Object.fromEntries(kept) as EventIds;
}

function limitOf(name: string): number {
  return name === 'roomName' || name === 'participantIdentity' ? MAX_NAME_BYTES : MAX_ID_BYTES;
}

function bytes(value: string): number {
  return Buffer.byteLength(value);
}

/** Such ids are the service's own. */
export const OWN_ID = 'roomledger:';

/** Shortens an id that is too long for a key to its beginning and its hash. */
function boundedId(id: string): string {
  if (id.startsWith(OWN_ID)) return `webhook:${boundedId(id.slice(OWN_ID.length))}`;
  if (bytes(id) <= MAX_ID_BYTES) return id;
  return `${id.slice(0, 64).toWellFormed()}…${hash('sha256', id)}`;
}
