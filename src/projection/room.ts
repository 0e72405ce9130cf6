import { type Room, WebhookEvent } from '@livekit/protocol';
import type { Prisma } from '../generated/prisma/client.js';
import type { LedgerEvent } from '../livekit/event.js';
import { foundFacts, isOnlySeen, type FoundFacts } from './finding.js';
import type { Json } from '../livekit/json.js';
import { metadataJson } from '../livekit/metadata.js';
import { child, count, enumName, enumOf, field, integer, text } from '../livekit/wire-fields.js';
import { timeOf } from '../livekit/time.js';
import { byteOrder, clockText, secondsPart, timeOfClock } from './snapshot-clock.js';
import { derivedEnd, reportedEnd, SECOND, startOf, type End, type SessionInterval } from './session-interval.js';
import { meteredAs } from '../meter/cell-dimensions.js';
import { merger } from './merge-rules.js';
import { intervalColumns, payloadOf, tableOf } from './session-table.js';

/** Times in ms. The optional fields are set only by a snapshot. */
export interface RoomFacts {
  project: string;
  roomName: string;
  sid: string;
  createdMs: number | null;
  createdS: number | null;
  firstSeenAt: number;
  lastSeenAt: number;
  /** createdAt of every room_started, in seconds. */
  starts: readonly number[];
  finishClock: string | null;
  finishReason: string | null;
  lifeAt: number | null;
  profileClock: string | null;
  learned: string | null;
  metadata?: string | null;
  metadataJson?: string | null;
  emptyTimeoutSeconds?: number | null;
  departureTimeoutSeconds?: number | null;
  maxParticipants?: number | null;
}

export interface RoomRow extends RoomFacts, SessionInterval {
  endReason: string | null;
  participantCount: number;
  participantSessionCount: number;
}

export const roomTable = tableOf<Prisma.RoomScalarFieldEnum>()({
  name: 'room',
  key: ['sid', 'roomName', 'project'],
  columns: {
    project: 'text',
    roomName: 'text',
    sid: 'text',
    ...intervalColumns,
    endReason: 'text',
    participantCount: 'int',
    participantSessionCount: 'int',
    createdMs: 'time',
    createdS: 'time',
    starts: 'bigints',
    finishClock: 'text',
    finishReason: 'text',
    lifeAt: 'time',
    profileClock: 'text',
  },
  payload: {
    profileClock: {
      metadata: 'text',
      metadataJson: 'jsonb',
      emptyTimeoutSeconds: 'int',
      departureTimeoutSeconds: 'int',
      maxParticipants: 'int',
    },
  },
  usage: meteredAs('ROOM'),
});

export const mergeRoom = merger<RoomFacts>({
  least: ['createdMs', 'createdS', 'firstSeenAt'],
  greatest: ['lastSeenAt', 'lifeAt'],
  union: ['starts'],
  learned: ['learned'],
  latest: {
    finishClock: ['finishReason'],
    profileClock: payloadOf<RoomFacts>(roomTable, 'profileClock'),
  },
});

const endReasons = enumOf(WebhookEvent, 'roomEndReason');

function isSent(value: Json): boolean {
  return (typeof value === 'string' && value !== '') || (typeof value === 'number' && value !== 0);
}

const signsOfLife = new Set(['room_started', 'participant_joined', 'track_published']);

/** Breaks ties between snapshots of one second. */
const snapshotRank: Record<string, number> = {
  room_started: 0,
  participant_joined: 1,
  track_published: 1,
  track_unpublished: 1,
  participant_left: 2,
  participant_connection_aborted: 2,
  room_finished: 3,
};

export function roomEvidence(event: LedgerEvent): RoomFacts | readonly [] {
  if (event.subject !== 'finding') return toldOfRoom(event);
  const found = foundFacts(event, 'ROOM');
  if (found) return foundOfRoom(event, found);
  // Its row must be there to count the participant.
  const inside = foundFacts(event, 'PARTICIPANT');
  return inside && !isOnlySeen(inside)
    ? foundOfRoom(event, { ...inside, lastSeenAt: inside.firstSeenAt, learned: null })
    : [];
}

/** Listed by LiveKit's API: a snapshot, whose start is not a webhook's. */
function foundOfRoom(event: LedgerEvent, found: FoundFacts): RoomFacts {
  return { ...toldOfRoom(event), createdMs: null, createdS: null, ...found };
}

function toldOfRoom(event: LedgerEvent): RoomFacts {
  const { name, at, id, ids, project, receivedAt } = event;
  const room = child(event.message, 'room') ?? {};
  const createdMs = timeOf(integer<Room>(room, 'creationTimeMs'), 'ms', receivedAt);
  const createdS = timeOf(integer<Room>(room, 'creationTime'), 's', receivedAt);
  const finished = name === 'room_finished';
  const reason = field(event.message, 'roomEndReason');
  const facts: RoomFacts = {
    project,
    roomName: ids.roomName ?? '',
    sid: ids.roomSid ?? '',
    createdMs,
    createdS,
    firstSeenAt: at,
    lastSeenAt: at,
    starts: name === 'room_started' ? [at / 1000] : [],
    finishClock: finished ? clockText([secondsPart(at)], id) : null,
    finishReason: finished && isSent(reason) ? enumName(reason, endReasons) : null,
    lifeAt: signsOfLife.has(name) ? at : null,
    profileClock: null,
    learned: null,
  };
  if (createdMs === null && createdS === null) return facts;
  const metadata = text<Room>(room, 'metadata');
  return {
    ...facts,
    profileClock: clockText([secondsPart(at), [snapshotRank[name] ?? 0, 1]], id),
    metadata,
    metadataJson: metadataJson(metadata),
    emptyTimeoutSeconds: count<Room>(room, 'emptyTimeout'),
    departureTimeoutSeconds: count<Room>(room, 'departureTimeout'),
    maxParticipants: count<Room>(room, 'maxParticipants'),
  };
}

/** The latest room_finished (F), unless a sign of life came after it. */
export function finishOf(room: RoomFacts): number | null {
  if (room.finishClock === null) return null;
  const finish = timeOfClock(room.finishClock);
  return room.lifeAt === null || finish >= room.lifeAt ? finish : null;
}

export function startRoom(room: RoomFacts): Pick<SessionInterval, 'startedAt' | 'startSource'> {
  return startOf([room.createdMs, room.createdS], room);
}

export function endRoom(room: RoomRow, siblings: readonly RoomRow[]): End & { endReason: string | null } {
  if (finishOf(room) !== null) {
    return { ...reportedEnd(room.startedAt, room.lastSeenAt, SECOND), endReason: room.finishReason };
  }
  let superseded: number | null = null;
  for (const other of siblings) {
    if (!isNewer(other, room) || other.startSource === 'INFERRED' || other.lastSeenAt < room.lastSeenAt) continue;
    if (superseded === null || other.startedAt < superseded) superseded = other.startedAt;
  }
  return { ...derivedEnd(room, [{ at: superseded, source: 'SUPERSEDED' }]), endReason: null };
}

function isNewer(other: RoomRow, room: RoomRow): boolean {
  return other.startedAt === room.startedAt ? byteOrder(other.sid, room.sid) > 0 : other.startedAt > room.startedAt;
}

/** When the room's participants end. Late goodbyes move a finished room's lastSeenAt, so its finish counts. */
export function cascadedEnd(room: RoomRow): number | null {
  return finishOf(room) ?? room.endedAt;
}
