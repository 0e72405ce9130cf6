import { IngressInfo, IngressState } from '@livekit/protocol';
import type { Prisma } from '../generated/prisma/client.js';
import type { LedgerEvent } from '../livekit/event.js';
import {
  child,
  enumName,
  enumOf,
  field,
  flag,
  integer,
  optionalFlag,
  text,
  type Wire,
} from '../livekit/wire-fields.js';
import { clockOf, timeOf } from '../livekit/time.js';
import { foundFacts } from './finding.js';
import { clockText, secondsPart } from './snapshot-clock.js';
import { derivedEnd, reportedEnd, SECOND, startOf, type End, type SessionInterval } from './session-interval.js';
import { meteredAs } from '../meter/cell-dimensions.js';
import { merger } from './merge-rules.js';
import { intervalColumns, payloadOf, tableOf } from './session-table.js';

/** Times in ms. The optional fields are set only by a snapshot. */
export interface IngressFacts {
  project: string;
  ingressId: string;
  resourceId: string;
  roomSid: string | null;
  roomName: string | null;
  reportedStartAt: number | null;
  firstSeenAt: number;
  lastSeenAt: number;
  /** The least state.endedAt of ingress_ended; endSeenAt is its least createdAt. */
  reportedEndAt: number | null;
  endSeenAt: number | null;
  infoClock: string;
  learned: string | null;
  name?: string | null;
  inputType?: string;
  status?: string;
  participantIdentity?: string | null;
  error?: string | null;
  transcoding?: boolean | null;
  info?: string;
}

export interface IngressRow extends IngressFacts, SessionInterval {
  /** Least start among newer sessions of the same ingress. */
  supersededAt: number | null;
}

export const ingressTable = tableOf<Prisma.IngressSessionScalarFieldEnum>()({
  name: 'ingress_session',
  key: ['resourceId', 'ingressId', 'project'],
  columns: {
    project: 'text',
    ingressId: 'text',
    resourceId: 'text',
    roomSid: 'text',
    roomName: 'text',
    ...intervalColumns,
    reportedStartAt: 'time',
    reportedEndAt: 'time',
    endSeenAt: 'time',
    supersededAt: 'time',
    inputType: 'text',
    infoClock: 'text',
  },
  payload: {
    infoClock: {
      name: 'text',
      status: 'text',
      participantIdentity: 'text',
      error: 'text',
      transcoding: 'bool',
      info: 'json',
    },
  },
  defaults: { inputType: '', status: '', info: 'null' },
  usage: meteredAs('INGRESS'),
});

export const mergeIngress = merger<IngressFacts>({
  least: ['reportedStartAt', 'firstSeenAt', 'reportedEndAt', 'endSeenAt'],
  greatest: ['lastSeenAt'],
  learned: ['learned'],
  constant: ['roomSid', 'roomName'],
  latest: {
    infoClock: ['inputType', ...payloadOf<IngressFacts>(ingressTable, 'infoClock')],
  },
});

const inputTypes = enumOf(IngressInfo, 'inputType');
const statuses = enumOf(IngressState, 'status');

export function ingressEvidence(event: LedgerEvent): IngressFacts | readonly [] {
  if (event.subject !== 'finding') return toldOfIngress(event);
  const found = foundFacts(event, 'INGRESS_SESSION');
  if (found === null) return [];
  // The webhook of the same change is the newer snapshot.
  const told = toldOfIngress({ ...event, at: 0 });
  const listed = child(event.message, 'ingressInfo') !== null;
  return { ...told, reportedStartAt: null, infoClock: listed ? told.infoClock : '', ...found };
}

function toldOfIngress(event: LedgerEvent): IngressFacts {
  const { at, ids, receivedAt } = event;
  const info: Wire<IngressInfo> = child(event.message, 'ingressInfo') ?? {};
  const state: Wire<IngressState> = child(info, 'state') ?? {};
  const ended = event.name === 'ingress_ended';
  const status = enumName(field(state, 'status'), statuses);
  const updated = clockOf(integer(state, 'updatedAt'), 'ns', receivedAt);
  const idle = status === 'ENDPOINT_INACTIVE';
  return {
    project: event.project,
    ingressId: ids.ingressId ?? '',
    resourceId: ids.resourceId ?? '',
    roomSid: ids.roomSid,
    roomName: ids.roomName,
    reportedStartAt: timeOf(integer(state, 'startedAt'), 'ns', receivedAt),
    firstSeenAt: at,
    lastSeenAt: at,
    reportedEndAt: ended ? timeOf(integer(state, 'endedAt'), 'ns', receivedAt) : null,
    endSeenAt: ended ? at : null,
    learned: null,
    infoClock: clockText([[ended ? 1 : 0, 1], [updated, 19], [idle ? 0 : 1, 1], secondsPart(at)], event.id),
    name: text(info, 'name'),
    inputType: enumName(field(info, 'inputType'), inputTypes),
    status,
    participantIdentity: text(info, 'participantIdentity'),
    error: text(state, 'error'),
    transcoding: transcodingOf(info),
    info: JSON.stringify(info),
  };
}

/** LiveKit's own rule where only the field that `enableTranscoding` replaced is sent, or neither. */
function transcodingOf(info: Wire<IngressInfo>): boolean {
  const told = optionalFlag(info, 'enableTranscoding');
  return told ?? !(flag(info, 'bypassTranscoding') || enumName(field(info, 'inputType'), inputTypes) === 'WHIP_INPUT');
}

export function startIngress(session: IngressFacts): Pick<SessionInterval, 'startedAt' | 'startSource'> {
  return startOf([session.reportedStartAt], session);
}

export function settleIngress(session: IngressRow): IngressRow {
  return { ...session, ...endOf(session) };
}

function endOf(session: IngressRow): End {
  const { startedAt, reportedEndAt, endSeenAt, supersededAt } = session;
  if (reportedEndAt !== null) return reportedEnd(startedAt, reportedEndAt, 0);
  if (endSeenAt !== null) return reportedEnd(startedAt, endSeenAt, SECOND);
  return derivedEnd(session, [{ at: supersededAt, source: 'SUPERSEDED' }]);
}
