import type { Prisma } from '../generated/prisma/client.js';
import { timeOfClock } from './snapshot-clock.js';
import { derivedEnd, reportedEnd, SECOND, startOf, type End, type SessionInterval } from './session-interval.js';
import { cascadedEnd, type RoomRow } from './room.js';
import { meteredAs } from '../meter/cell-dimensions.js';
import { merger } from './merge-rules.js';
import { intervalColumns, payloadOf, tableOf } from './session-table.js';

/** Times in ms. The optional fields are set only by a snapshot. */
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
  learned: string | null;
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

export interface ParticipantRow extends ParticipantFacts, SessionInterval {
  state: 'ACTIVE' | 'LEFT' | 'ABORTED';
  disconnectReason: string | null;
  counted: boolean;
  toldEndAt: number | null;
  /** Least start among newer participants of the same room sid and identity. */
  supersededAt: number | null;
}

export const participantTable = tableOf<Prisma.ParticipantScalarFieldEnum>()({
  name: 'participant',
  key: ['sid', 'roomName', 'project'],
  columns: {
    project: 'text',
    roomName: 'text',
    sid: 'text',
    roomSid: 'text',
    identity: 'text',
    state: 'text',
    ...intervalColumns,
    disconnectReason: 'text',
    counted: 'bool',
    publisher: 'bool',
    hidden: 'bool',
    dependent: 'bool',
    joinedMs: 'time',
    joinedS: 'time',
    joined: 'bool',
    hasTrack: 'bool',
    leftClock: 'text',
    leftReason: 'text',
    migratedClock: 'text',
    abortedClock: 'text',
    abortedReason: 'text',
    toldEndAt: 'time',
    supersededAt: 'time',
    kind: 'text',
    profileClock: 'text',
  },
  payload: {
    profileClock: {
      name: 'text',
      kindDetails: 'jsonb',
      region: 'text',
      metadata: 'text',
      metadataJson: 'jsonb',
      attributes: 'jsonb',
    },
  },
  defaults: { kind: 'STANDARD', kindDetails: '[]', attributes: '{}' },
  usage: { ...meteredAs('PARTICIPANT'), empty: { column: 'state', value: 'ABORTED' } },
});

export const mergeParticipant = merger<ParticipantFacts>({
  least: ['joinedMs', 'joinedS', 'firstSeenAt'],
  greatest: ['lastSeenAt'],
  learned: ['learned'],
  any: ['joined', 'hasTrack', 'publisher'],
  constant: ['roomSid', 'identity'],
  earliest: { leftClock: ['leftReason'], abortedClock: ['abortedReason'] },
  latest: {
    migratedClock: [],
    profileClock: ['dependent', 'hidden', 'kind', ...payloadOf<ParticipantFacts>(participantTable, 'profileClock')],
  },
});

/** A move to another node ends nothing if the participant is seen there. */
export const MIGRATION = 'MIGRATION';
/** Reasons that the client announced: the end is as exact as the event's createdAt. */
const announcedByClient = new Set(['CLIENT_INITIATED', 'USER_UNAVAILABLE', 'USER_REJECTED', 'AGENT_ERROR']);
/** Upper bound: LiveKit notices a lost client 20 to 22 s late. */
const LOST_CLIENT_DELAY = 25 * SECOND;

interface OwnEnd {
  at: number;
  reason: string | null;
}

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

export function startParticipant(participant: ParticipantFacts): Pick<SessionInterval, 'startedAt' | 'startSource'> {
  return startOf([participant.joinedMs, participant.joinedS], participant);
}

/** The participant's own end where the client did not tell it, and LiveKit may have noticed it late. */
export function noticedLoss(row: ParticipantRow): { endedAt: number; uncertaintyMs: number } | null {
  const { toldEndAt, endedAt, endUncertaintyMs } = row;
  if (toldEndAt === null || endedAt === null || endUncertaintyMs === null) return null;
  return endUncertaintyMs > SECOND ? { endedAt, uncertaintyMs: endUncertaintyMs } : null;
}

export function settleParticipant(participant: ParticipantRow, room: RoomRow | undefined): Partial<ParticipantRow> {
  const own = ownEnd(participant);
  const end = own ? reportedOwnEnd(participant, own) : impliedEnd(participant, room);
  const aborted = wasAborted(participant);
  return {
    ...end,
    toldEndAt: own?.at ?? null,
    state: aborted ? 'ABORTED' : end.endedAt === null ? 'ACTIVE' : 'LEFT',
    disconnectReason: own?.reason ?? null,
    counted: !aborted && !participant.dependent,
  };
}

function reportedOwnEnd(participant: ParticipantRow, own: OwnEnd): End {
  const { startedAt } = participant;
  const length = Math.max(0, own.at - startedAt);
  const exact = own.reason !== null && announcedByClient.has(own.reason);
  return reportedEnd(startedAt, own.at, exact ? SECOND : Math.max(SECOND, Math.min(LOST_CLIENT_DELAY, length)));
}

function impliedEnd(participant: ParticipantRow, room: RoomRow | undefined): End {
  const restart = room?.starts.find((second) => second * 1000 > participant.lastSeenAt);
  return derivedEnd(participant, [
    { at: participant.supersededAt, source: 'SUPERSEDED' },
    { at: room ? cascadedEnd(room) : null, source: 'CASCADED' },
    { at: restart === undefined ? null : restart * 1000, source: 'CASCADED' },
  ]);
}
