import { ParticipantInfo, type ParticipantPermission } from '@livekit/protocol';
import type { LedgerEvent } from '../livekit/event.js';
import { isObject, type Json } from '../livekit/json.js';
import { metadataJson } from '../livekit/metadata.js';
import { child, children, enumName, enumOf, field, flag, integer, text, type Wire } from '../livekit/message.js';
import { timeOf } from '../livekit/time.js';
import { clockText, secondsPart, timeOfClock } from './clock.js';
import { derivedEnd, reportedEnd, SECOND, startOf, type End, type Interval } from './interval.js';
import { cascadeOf, type RoomRow } from './room.js';
import { merger } from './rules.js';
import type { Table } from './table.js';

/** What events say of a participant. Times in ms; profile fields are there only in a snapshot. */
export interface ParticipantFacts {
  project: string;
  roomName: string;
  sid: string;
  roomSid: string;
  identity: string;
  joinedMs: number | null;
  joinedS: number | null;
  firstSeenAt: number;
  lastSeenAt: number;
  joined: boolean;
  hasTrack: boolean;
  publisher: boolean;
  leftClock: string | null;
  leftReason: string | null;
  migratedClock: string | null;
  abortedClock: string | null;
  abortedReason: string | null;
  profileClock: string | null;
  dependent: boolean;
  hidden: boolean;
  name?: string | null;
  kind?: string;
  kindDetails?: string;
  region?: string | null;
  metadata?: string | null;
  metadataJson?: string | null;
  attributes?: string;
}

export interface ParticipantRow extends ParticipantFacts, Interval {
  state: 'ACTIVE' | 'LEFT' | 'ABORTED';
  disconnectReason: string | null;
  counted: boolean;
  toldEndAt: number | null;
  /** Least start among newer participants of the same room sid and identity. */
  supersededAt: number | null;
}

export const participantTable: Table = {
  name: 'participant',
  key: ['sid', 'roomName', 'project'],
  columns: {
    project: 'text',
    roomName: 'text',
    sid: 'text',
    roomSid: 'text',
    identity: 'text',
    state: 'text',
    startedAt: 'time',
    startSource: 'text',
    endedAt: 'time',
    endSource: 'text',
    endUncertaintyMs: 'bigint',
    lastSeenAt: 'time',
    disconnectReason: 'text',
    counted: 'bool',
    publisher: 'bool',
    hidden: 'bool',
    dependent: 'bool',
    joinedMs: 'time',
    joinedS: 'time',
    firstSeenAt: 'time',
    joined: 'bool',
    hasTrack: 'bool',
    leftClock: 'text',
    leftReason: 'text',
    migratedClock: 'text',
    abortedClock: 'text',
    abortedReason: 'text',
    toldEndAt: 'time',
    supersededAt: 'time',
    profileClock: 'text',
  },
  payload: {
    profileClock: {
      name: 'text',
      kind: 'text',
      kindDetails: 'jsonb',
      region: 'text',
      metadata: 'text',
      metadataJson: 'jsonb',
      attributes: 'jsonb',
    },
  },
  defaults: { kind: 'STANDARD', kindDetails: '[]', attributes: '{}' },
};

export const mergeParticipant = merger<ParticipantFacts>({
  least: ['joinedMs', 'joinedS', 'firstSeenAt'],
  greatest: ['lastSeenAt'],
  any: ['joined', 'hasTrack', 'publisher'],
  plain: ['roomSid', 'identity'],
  earliest: { leftClock: ['leftReason'], abortedClock: ['abortedReason'] },
  latest: {
    migratedClock: [],
    profileClock: [
      'dependent',
      'hidden',
      'name',
      'kind',
      'kindDetails',
      'region',
      'metadata',
      'metadataJson',
      'attributes',
    ],
  },
});

const kinds = enumOf(ParticipantInfo, 'kind');
const kindDetails = enumOf(ParticipantInfo, 'kindDetails');
const reasons = enumOf(ParticipantInfo, 'disconnectReason');
const MIGRATION = 'MIGRATION';

/** Reasons that a leaving client gives itself: the end is as exact as the event's createdAt. */
const toldByClient = new Set(['CLIENT_INITIATED', 'USER_UNAVAILABLE', 'USER_REJECTED', 'AGENT_ERROR']);
/** LiveKit notices a lost client 20 to 22 s late. */
const NOTICED_LATE = 25 * SECOND;

/** The evidence of its participant in a participant or track event. */
export function participantEvidence(event: LedgerEvent): ParticipantFacts {
  const { name, at, id, ids, receivedAt } = event;
  const info: Wire<ParticipantInfo> = child(event.message, 'participant') ?? {};
  const reason = reasonOf(info);
  const clock = clockText([secondsPart(at)], id);
  const left = name === 'participant_left' ? (reason === MIGRATION ? 'migrated' : 'left') : null;
  const aborted = name === 'participant_connection_aborted';
  const hasTrack = event.subject === 'track' || children(info, 'tracks').length > 0;
  const facts: ParticipantFacts = {
    project: event.project,
    roomName: ids.roomName ?? '',
    sid: ids.participantSid ?? '',
    roomSid: ids.roomSid ?? '',
    identity: ids.participantIdentity ?? '',
    joinedMs: timeOf(integer(info, 'joinedAtMs'), 'ms', receivedAt),
    joinedS: timeOf(integer(info, 'joinedAt'), 's', receivedAt),
    firstSeenAt: at,
    lastSeenAt: at,
    joined: name === 'participant_joined',
    hasTrack,
    publisher: hasTrack || flag(info, 'isPublisher'),
    leftClock: left === 'left' ? clock : null,
    leftReason: left === 'left' ? reason : null,
    migratedClock: left === 'migrated' ? clock : null,
    abortedClock: aborted ? clock : null,
    abortedReason: aborted ? reason : null,
    profileClock: null,
    dependent: false,
    hidden: false,
  };
  if (facts.joinedMs === null && facts.joinedS === null) return facts;
  return { ...facts, ...profileOf(event, info) };
}

const snapshotRank: Record<string, number> = { participant_left: 1, participant_connection_aborted: 2 };

function profileOf(event: LedgerEvent, info: Wire<ParticipantInfo>): Partial<ParticipantFacts> {
  const permission: Wire<ParticipantPermission> = child(info, 'permission') ?? {};
  const kind = enumName(field(info, 'kind'), kinds);
  const metadata = text(info, 'metadata');
  const version = integer(info, 'version') ?? 0n;
  const parts = [[version < 0n ? 0n : version, 19], secondsPart(event.at), [snapshotRank[event.name] ?? 0, 1]] as const;
  return {
    profileClock: clockText(parts, event.id),
    dependent: kind === 'AGENT' || kind === 'EGRESS' || flag(permission, 'agent') || flag(permission, 'recorder'),
    hidden: flag(permission, 'hidden'),
    name: text(info, 'name'),
    kind,
    kindDetails: JSON.stringify(listOf(field(info, 'kindDetails'))),
    region: text(info, 'region'),
    metadata,
    metadataJson: metadataJson(metadata),
    attributes: JSON.stringify(textsOf(field(info, 'attributes'))),
  };
}

function listOf(value: Json): string[] {
  const usable = Array.isArray(value) ? value.filter((v) => typeof v === 'string' || typeof v === 'number') : [];
  return usable.map((detail) => enumName(detail, kindDetails));
}

function textsOf(value: Json): Record<string, Json> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Null for UNKNOWN_REASON, which LiveKit omits. */
function reasonOf(info: Wire<ParticipantInfo>): string | null {
  const reason = enumName(field(info, 'disconnectReason'), reasons);
  return reason === 'UNKNOWN_REASON' ? null : reason;
}

interface OwnEnd {
  at: number;
  reason: string | null;
}

/** The end that events of the participant itself told, if any. */
function ownEnd(participant: ParticipantFacts): OwnEnd | null {
  const { leftClock, migratedClock, abortedClock } = participant;
  if (leftClock !== null) return { at: timeOfClock(leftClock), reason: participant.leftReason };
  if (migratedClock !== null && timeOfClock(migratedClock) >= participant.lastSeenAt) {
    return { at: timeOfClock(migratedClock), reason: MIGRATION };
  }
  return abortedClock === null ? null : { at: timeOfClock(abortedClock), reason: participant.abortedReason };
}

function wasAborted(participant: ParticipantFacts): boolean {
  const { abortedClock, leftClock, migratedClock, joined, hasTrack } = participant;
  return abortedClock !== null && leftClock === null && migratedClock === null && !joined && !hasTrack;
}

export function startParticipant(participant: ParticipantFacts): Pick<Interval, 'startedAt' | 'startSource'> {
  return startOf([participant.joinedMs, participant.joinedS], participant.firstSeenAt);
}

/** Everything about a participant that follows from its own facts, `supersededAt`, and its room. */
export function settleParticipant(participant: ParticipantRow, room: RoomRow | undefined): ParticipantRow {
  const own = ownEnd(participant);
  const end = own ? endByItself(participant, own) : endByOthers(participant, room);
  const aborted = wasAborted(participant);
  return {
    ...participant,
    ...end,
    toldEndAt: own?.at ?? null,
    state: aborted ? 'ABORTED' : end.endedAt === null ? 'ACTIVE' : 'LEFT',
    disconnectReason: own?.reason ?? null,
    counted: !aborted && !participant.dependent,
  };
}

function endByItself(participant: ParticipantRow, own: OwnEnd): End {
  const { startedAt } = participant;
  const length = Math.max(0, own.at - startedAt);
  const exact = own.reason !== null && toldByClient.has(own.reason);
  return reportedEnd(startedAt, own.at, exact ? SECOND : Math.max(SECOND, Math.min(NOTICED_LATE, length)));
}

function endByOthers(participant: ParticipantRow, room: RoomRow | undefined): End {
  const restart = room?.starts.find((second) => second * 1000 > participant.lastSeenAt);
  return derivedEnd(participant, [
    { at: participant.supersededAt, source: 'SUPERSEDED' },
    { at: room ? cascadeOf(room) : null, source: 'CASCADED' },
    { at: restart === undefined ? null : restart * 1000, source: 'CASCADED' },
  ]);
}
