import { OWN_ID, type EventIds, type LedgerEvent } from '../livekit/event.js';
import { isObject, type JsonObject } from '../livekit/json.js';
import type { Wire } from '../livekit/wire-fields.js';
import { learnedText, type Learned } from './learned.js';

// What the service learns by itself enters the log as events of its own, and confirmed sightings a table. An event
// carries what was known of its session, so that it makes the same row in whatever order it is projected.

export type SessionKind = 'ROOM' | 'PARTICIPANT' | 'TRACK' | 'EGRESS' | 'INGRESS_SESSION' | 'AGENT_JOB';

export const ownId: Readonly<Record<SessionKind, keyof EventIds>> = {
  ROOM: 'roomSid',
  PARTICIPANT: 'participantSid',
  TRACK: 'trackSid',
  EGRESS: 'egressId',
  INGRESS_SESSION: 'resourceId',
  AGENT_JOB: 'jobId',
};

/** Names one session, with the ids that it never changes. */
export interface SessionRef extends Partial<EventIds> {
  readonly kind: SessionKind;
  readonly project: string;
}

/** LiveKit lists it, and the tables lacked it, or its end. */
export interface ListedConclusion {
  readonly name: 'reconciled';
  readonly start: number | null;
  readonly ended: number | null;
  readonly listed: JsonObject;
}

export type Conclusion =
  /** LiveKit no longer has it: `missedAt` is the first poll that lacked it. */
  | { readonly name: 'reconciled'; readonly missedAt: number; readonly polls: readonly number[] }
  | ListedConclusion
  /** Nobody has heard of it for longer than `limitMs`. */
  | { readonly name: 'expired'; readonly endedAt: number; readonly limitMs: number }
  /** A person set its end, or took that back (null). */
  | {
      readonly name: 'corrected';
      readonly endedAt: number | null;
      readonly decidedAt: number;
      readonly by: string;
      readonly reason: string;
    }
  /** Its node confirmed it, after an end that was derived. */
  | { readonly name: 'restored'; readonly seenAt: number };

export interface Finding {
  readonly session: SessionRef;
  readonly firstSeenAt: number;
  /** What was judged. */
  readonly lastSeenAt: number;
  readonly conclusion: Conclusion;
}

/** @param id made from what is judged, so that two judges write one event */
export function findingEvent(finding: Finding, id: string, at: number): LedgerEvent {
  const { session, conclusion, firstSeenAt, lastSeenAt } = finding;
  const { listed = {}, ...told } = conclusion as Conclusion & { listed?: JsonObject };
  const message = {
    ...listed,
    event: `roomledger.${conclusion.name}`,
    id: OWN_ID + id,
    createdAt: String(Math.floor(at / 1000)),
    roomledger: { ...session, firstSeenAt, lastSeenAt, ...told },
  };
  return readFinding(session.project, message as unknown as JsonObject, at);
}

/** Reads a row of the log whose id says that the service wrote it. @param receivedAt in ms */
export function readFinding(project: string, json: JsonObject, receivedAt: number): LedgerEvent {
  const found = isObject(json['roomledger']!) ? json['roomledger'] : {};
  const id = (name: keyof EventIds): string | null => (typeof found[name] === 'string' ? found[name] : null);
  const createdSeconds = BigInt(json['createdAt'] as string);
  return {
    project,
    id: json['id'] as string,
    createdSeconds,
    name: json['event'] as string,
    subject: 'finding',
    at: Number(createdSeconds) * 1000,
    receivedAt,
    ids: {
      roomSid: id('roomSid'),
      roomName: id('roomName'),
      participantSid: id('participantSid'),
      participantIdentity: id('participantIdentity'),
      trackSid: id('trackSid'),
      egressId: id('egressId'),
      ingressId: id('ingressId'),
      resourceId: id('resourceId'),
      jobId: id('jobId'),
    },
    problem: null,
    message: json as Wire<never>,
  };
}

/** A confirmed sighting, for projecting; it never enters the log. */
export function sightingEvent(session: SessionRef, seenAt: number): LedgerEvent {
  const { kind, project, ...ids } = session;
  const roomledger = { kind, ...ids, firstSeenAt: null, lastSeenAt: seenAt };
  return readFinding(project, { id: '', event: '', createdAt: '0', roomledger } as JsonObject, seenAt);
}

export interface FoundFacts {
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly learned: string | null;
}

type Told = Partial<Record<string, unknown>> & FoundFacts & { readonly kind: SessionKind };

/** What a finding about such a session says; null for any other event. */
export function foundFacts({ subject, name, id, message }: LedgerEvent, kind: SessionKind): FoundFacts | null {
  if (subject !== 'finding') return null;
  const told = (message as unknown as { roomledger: Told }).roomledger;
  if (told.kind !== kind) return null;
  const { firstSeenAt, lastSeenAt } = told;
  const seen = name === 'roomledger.restored' ? Math.max(lastSeenAt, told['seenAt'] as number) : lastSeenAt;
  const learned = learnedFrom(name, id, told);
  return { firstSeenAt: firstSeenAt ?? Infinity, lastSeenAt: seen, learned: learned && learnedText(learned) };
}

/** A sighting alone makes no row. */
export function isOnlySeen(facts: object): boolean {
  return (facts as FoundFacts).firstSeenAt === Infinity;
}

function learnedFrom(name: string, id: string, told: Told): Learned | null {
  const { lastSeenAt: seenAt } = told;
  const value = (field: string): number => told[field] as number;
  if (name === 'roomledger.expired') {
    return { expired: { seenAt, endedAt: value('endedAt'), limitMs: value('limitMs'), id } };
  }
  if (name === 'roomledger.corrected') {
    return { corrected: { decidedAt: value('decidedAt'), endedAt: told['endedAt'] as number | null, id } };
  }
  if (name !== 'roomledger.reconciled') return null;
  if (told['missedAt'] !== undefined) return { reconciled: { seenAt, missedAt: value('missedAt'), id } };
  const [start, ended] = [told['start'], told['ended']] as (number | null)[];
  return { start: start ?? undefined, ended: ended ?? undefined };
}
