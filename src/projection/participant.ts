import { timeOfClock } from './clock.js';
import { derivedEnd, reportedEnd, SECOND, startOf, type End, type Interval } from './interval.js';
import { cascadeOf, type RoomRow } from './room.js';
import { merger } from './merge-rules.js';
import { intervalColumns, payloadOf, type Table } from './table.js';

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
  usage: { meter: 'PARTICIPANT', by: ['kind'], empty: { column: 'state', value: 'ABORTED' } },
};

export const mergeParticipant = merger<ParticipantFacts>({
  least: ['joinedMs', 'joinedS', 'firstSeenAt'],
  greatest: ['lastSeenAt'],
  any: ['joined', 'hasTrack', 'publisher'],
  plain: ['roomSid', 'identity'],
  earliest: { leftClock: ['leftReason'], abortedClock: ['abortedReason'] },
  latest: {
    migratedClock: [],
    profileClock: ['dependent', 'hidden', 'kind', ...payloadOf<ParticipantFacts>(participantTable, 'profileClock')],
  },
});

/** LiveKit's reason of a participant that moves to another node: no end, if it is seen there. */
export const MIGRATION = 'MIGRATION';
/** Reasons that a leaving client gives itself: the end is as exact as the event's createdAt. */
const toldByClient = new Set(['CLIENT_INITIATED', 'USER_UNAVAILABLE', 'USER_REJECTED', 'AGENT_ERROR']);
/** LiveKit notices a lost client 20 to 22 s late. */
const NOTICED_LATE = 25 * SECOND;

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

/** What follows of a participant from its own facts, `supersededAt`, and its room. */
export function settleParticipant(participant: ParticipantRow, room: RoomRow | undefined): Partial<ParticipantRow> {
  const own = ownEnd(participant);
  const end = own ? endByItself(participant, own) : endByOthers(participant, room);
  const aborted = wasAborted(participant);
  return {
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
