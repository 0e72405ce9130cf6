import { TrackInfo, type ParticipantInfo, type TimedVersion } from '@livekit/protocol';
import type { Prisma } from '../generated/prisma/client.js';
import type { LedgerEvent } from '../livekit/event.js';
import {
  child,
  children,
  enumName,
  enumOf,
  field,
  flag,
  count,
  int32,
  integer,
  text,
  type Wire,
} from '../livekit/wire-fields.js';
import { clockOf } from '../livekit/time.js';
import { foundFacts, type FoundFacts } from './finding.js';
import { clockText, secondsPart } from './snapshot-clock.js';
import { derivedEnd, reportedEnd, SECOND, startOf, type SessionInterval } from './session-interval.js';
import { noticedLoss, type ParticipantRow } from './participant.js';
import { meteredAs } from '../meter/cell-dimensions.js';
import { merger } from './merge-rules.js';
import { intervalColumns, payloadOf, tableOf } from './session-table.js';

/** Times in ms, versions in µs (0: none). The optional fields are set only by a snapshot. */
export interface TrackFacts {
  project: string;
  roomName: string;
  sid: string;
  roomSid: string;
  participantSid: string;
  firstVersion: number | null;
  lastVersion: number;
  publishedAt: number | null;
  firstSeenAt: number;
  lastSeenAt: number;
  /** The least createdAt of a track_unpublished with lastVersion. */
  toldEndAt: number | null;
  infoClock: string;
  learned: string | null;
  name?: string | null;
  type?: string;
  source?: string;
  mimeType?: string | null;
  width?: number | null;
  height?: number | null;
  muted?: boolean;
  encryption?: string;
  stream?: string | null;
  info?: string;
}

export interface TrackRow extends TrackFacts, SessionInterval {}

export const trackTable = tableOf<Prisma.TrackScalarFieldEnum>()({
  name: 'track',
  key: ['sid', 'roomName', 'project'],
  columns: {
    project: 'text',
    roomName: 'text',
    sid: 'text',
    roomSid: 'text',
    participantSid: 'text',
    ...intervalColumns,
    firstVersion: 'bigint',
    lastVersion: 'bigint',
    publishedAt: 'time',
    toldEndAt: 'time',
    type: 'text',
    source: 'text',
    infoClock: 'text',
  },
  payload: {
    infoClock: {
      name: 'text',
      mimeType: 'text',
      width: 'int',
      height: 'int',
      muted: 'bool',
      encryption: 'text',
      stream: 'text',
      info: 'json',
    },
  },
  defaults: { type: '', source: '', muted: false, encryption: '', info: 'null' },
  usage: meteredAs('TRACK'),
});

const mergeByRules = merger<TrackFacts>({
  least: ['firstVersion', 'publishedAt', 'firstSeenAt'],
  greatest: ['lastVersion', 'lastSeenAt'],
  learned: ['learned'],
  constant: ['roomSid', 'participantSid'],
  latest: {
    infoClock: ['type', 'source', ...payloadOf<TrackFacts>(trackTable, 'infoClock')],
  },
});

export function mergeTrack(a: TrackFacts, b: TrackFacts): TrackFacts {
  return { ...mergeByRules(a, b), toldEndAt: mergedEnd(a, b) };
}

/** An unpublish of an older version does not count: the sid was published again. */
function mergedEnd(a: TrackFacts, b: TrackFacts): number | null {
  if (a.lastVersion !== b.lastVersion) return (a.lastVersion > b.lastVersion ? a : b).toldEndAt;
  if (a.toldEndAt === null || b.toldEndAt === null) return a.toldEndAt ?? b.toldEndAt;
  return Math.min(a.toldEndAt, b.toldEndAt);
}

const types = enumOf(TrackInfo, 'type');
const sources = enumOf(TrackInfo, 'source');
const encryptions = enumOf(TrackInfo, 'encryption');

export function trackEvidence(event: LedgerEvent): readonly TrackFacts[] {
  if (event.subject !== 'finding') return toldOfTracks(event);
  const found = foundFacts(event, 'TRACK');
  return found ? [foundOfTrack(event, found)] : [];
}

function foundOfTrack(event: LedgerEvent, found: FoundFacts): TrackFacts {
  const listed = child(event.message, 'track');
  const facts = evidence(event, (listed ?? {}) as Wire<TrackInfo>);
  return {
    ...facts,
    sid: event.ids.trackSid ?? '',
    firstVersion: null,
    infoClock: listed ? facts.infoClock : '',
    ...found,
  };
}

/** From its own event, or from the tracks that a participant event lists. */
function toldOfTracks(event: LedgerEvent): TrackFacts[] {
  const participant: Wire<ParticipantInfo> = child(event.message, 'participant') ?? {};
  const named = event.subject === 'track' ? [child(event.message, 'track') ?? {}] : children(participant, 'tracks');
  return (named as Wire<TrackInfo>[]).filter((info) => text(info, 'sid') !== null).map((info) => evidence(event, info));
}

function evidence(event: LedgerEvent, info: Wire<TrackInfo>): TrackFacts {
  const { at, ids, receivedAt } = event;
  const version: Wire<TimedVersion> = child(info, 'version') ?? {};
  const unixMicro = Number(clockOf(integer(version, 'unixMicro'), 'us', receivedAt));
  const ticks = Math.max(0, int32(version, 'ticks') ?? 0);
  const unpublished = event.name === 'track_unpublished';
  return {
    project: event.project,
    roomName: ids.roomName ?? '',
    sid: text(info, 'sid') ?? '',
    roomSid: ids.roomSid ?? '',
    participantSid: ids.participantSid ?? '',
    firstVersion: unixMicro || null,
    lastVersion: unixMicro,
    publishedAt: event.name === 'track_published' ? at : null,
    firstSeenAt: at,
    lastSeenAt: at,
    toldEndAt: unpublished ? at : null,
    learned: null,
    infoClock: clockText([[unixMicro, 16], [ticks, 10], secondsPart(at), [unpublished ? 1 : 0, 1]], event.id),
    name: text(info, 'name'),
    type: enumName(field(info, 'type'), types),
    source: enumName(field(info, 'source'), sources),
    mimeType: text(info, 'mimeType'),
    width: count(info, 'width'),
    height: count(info, 'height'),
    muted: flag(info, 'muted'),
    encryption: enumName(field(info, 'encryption'), encryptions),
    stream: text(info, 'stream'),
    info: JSON.stringify(info),
  };
}

/**
 * LiveKit unpublishes the tracks of a lost client only when it notices the loss: such an end is as uncertain as the
 * participant's, at most the track's length.
 */
function uncertaintyOf(length: number, endedAt: number, participant: ParticipantRow | undefined): number {
  const loss = participant && noticedLoss(participant);
  if (!loss || endedAt < loss.endedAt - SECOND) return SECOND;
  return Math.max(SECOND, Math.min(loss.uncertaintyMs, length));
}

export function settleTrack(track: TrackFacts, participant: ParticipantRow | undefined): SessionInterval {
  const published = track.firstVersion === null ? null : Math.floor(track.firstVersion / 1000);
  const start = startOf([published, track.publishedAt], track);
  const { toldEndAt, lastSeenAt, learned } = track;
  const end =
    toldEndAt === null
      ? derivedEnd({ ...start, lastSeenAt, learned }, [{ at: participant?.endedAt ?? null, source: 'CASCADED' }])
      : reportedEnd(start.startedAt, toldEndAt, uncertaintyOf(toldEndAt - start.startedAt, toldEndAt, participant));
  return { ...start, ...end };
}
