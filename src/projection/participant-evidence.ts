import { ParticipantInfo, type ParticipantPermission } from '@livekit/protocol';
import type { LedgerEvent } from '../livekit/event.js';
import { isObject, type Json } from '../livekit/json.js';
import { metadataJson } from '../livekit/metadata.js';
import { child, children, enumName, enumOf, field, flag, integer, text, type Wire } from '../livekit/wire-fields.js';
import { timeOf } from '../livekit/time.js';
import { foundFacts } from './finding.js';
import { clockText, secondsPart } from './snapshot-clock.js';
import { MIGRATION, type ParticipantFacts } from './participant.js';

const kinds = enumOf(ParticipantInfo, 'kind');
const kindDetails = enumOf(ParticipantInfo, 'kindDetails');
const reasons = enumOf(ParticipantInfo, 'disconnectReason');

export function participantEvidence(event: LedgerEvent): ParticipantFacts | readonly [] {
  if (event.subject !== 'finding') return toldOfParticipant(event);
  const found = foundFacts(event, 'PARTICIPANT');
  return found ? { ...toldOfParticipant(event), joinedMs: null, joinedS: null, ...found } : [];
}

/** What a participant or track event says of its participant. */
function toldOfParticipant(event: LedgerEvent): ParticipantFacts {
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
    learned: null,
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
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function reasonOf(info: Wire<ParticipantInfo>): string | null {
  const reason = enumName(field(info, 'disconnectReason'), reasons);
  return reason === 'UNKNOWN_REASON' ? null : reason;
}
