import type { EgressInfo, IngressInfo, ParticipantInfo, Room, TrackInfo } from '@livekit/protocol';
import { clean } from '../livekit/clean.js';
import type { Json, JsonObject } from '../livekit/json.js';
import { redact } from '../livekit/redact.js';
import type { Finding, ListedConclusion, SessionRef } from '../projection/finding.js';

// What LiveKit lists, as findings that make or end a session. Messages enter the log as webhooks write them, redacted.

export interface ListedFinding extends Finding {
  readonly conclusion: ListedConclusion;
}

interface Message {
  toJson(): unknown;
}

function listedJson(messages: Readonly<Record<string, Message>>): JsonObject {
  const json = Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, message.toJson() as Json]));
  return redact(clean(json) as JsonObject);
}

function found(
  session: SessionRef,
  { start, ended = null }: { start: number; ended?: number | null },
  messages: Readonly<Record<string, Message>>,
): ListedFinding {
  const listed = listedJson(messages);
  return {
    session,
    firstSeenAt: start,
    lastSeenAt: ended ?? start,
    conclusion: { name: 'reconciled', start, ended, listed },
  };
}

export function foundRoom(project: string, room: Room): Finding {
  const session: SessionRef = { kind: 'ROOM', project, roomSid: room.sid, roomName: room.name };
  return found(session, { start: startOf(room.creationTimeMs, room.creationTime) }, { room });
}

export function foundPerson(project: string, room: Room, participant: ParticipantInfo): Finding {
  const session: SessionRef = {
    kind: 'PARTICIPANT',
    project,
    roomSid: room.sid,
    roomName: room.name,
    participantSid: participant.sid,
    participantIdentity: participant.identity,
  };
  return found(session, { start: startOf(participant.joinedAtMs, participant.joinedAt) }, { participant });
}

/** @param at when it was listed, for a track without a version */
export function foundTrack(person: SessionRef, track: TrackInfo, at: number): Finding {
  const { project, roomSid, roomName, participantSid } = person;
  const session: SessionRef = { kind: 'TRACK', project, roomSid, roomName, participantSid, trackSid: track.sid };
  return found(session, { start: publishedAt(track) || at }, { track });
}

/** 0: LiveKit does not say. */
export function publishedAt({ version }: TrackInfo): number {
  return Number((version?.unixMicro ?? 0n) / 1000n);
}

export function foundEgress(project: string, egressInfo: EgressInfo, at: number): ListedFinding {
  const session: SessionRef = {
    kind: 'EGRESS',
    project,
    egressId: egressInfo.egressId,
    roomSid: egressInfo.roomId || null,
    roomName: egressInfo.roomName || null,
  };
  const ended = isOverEgress(egressInfo)
    ? millisecondsOf(egressInfo.endedAt) || millisecondsOf(egressInfo.updatedAt)
    : 0;
  const start = millisecondsOf(egressInfo.startedAt) || ended || at;
  return found(session, { start, ended: ended || null }, { egressInfo });
}

export function foundIngress(project: string, ingressInfo: IngressInfo, at: number): ListedFinding {
  const { state } = ingressInfo;
  const session: SessionRef = {
    kind: 'INGRESS_SESSION',
    project,
    ingressId: ingressInfo.ingressId,
    resourceId: state?.resourceId ?? '',
    roomSid: state?.roomId || null,
    roomName: ingressInfo.roomName || null,
  };
  const ended = isOverIngress(ingressInfo) ? millisecondsOf(state?.endedAt) || millisecondsOf(state?.updatedAt) : 0;
  const start = millisecondsOf(state?.startedAt) || ended || at;
  return found(session, { start, ended: ended || null }, { ingressInfo });
}

/** EGRESS_COMPLETE, EGRESS_FAILED, EGRESS_ABORTED, EGRESS_LIMIT_REACHED */
const FIRST_OVER = 3;

function isOverEgress({ status }: EgressInfo): boolean {
  return status >= FIRST_OVER;
}

/** ENDPOINT_BUFFERING, ENDPOINT_PUBLISHING */
const RUNNING: readonly number[] = [1, 2];

function isOverIngress({ state }: IngressInfo): boolean {
  return !RUNNING.includes(state?.status ?? 0);
}

export function startOf(milliseconds: bigint, seconds: bigint): number {
  return Number(milliseconds) || Number(seconds) * 1000;
}

/** Of nanoseconds. */
function millisecondsOf(time: bigint | undefined): number {
  return Number((time ?? 0n) / 1_000_000n);
}
