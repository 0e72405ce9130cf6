import { EgressInfo } from '@livekit/protocol';
import type { Prisma } from '../generated/prisma/client.js';
import type { LedgerEvent } from '../livekit/event.js';
import { child, enumName, enumOf, field, int32, integer, text, type Wire } from '../livekit/wire-fields.js';
import { clockOf, timeOf } from '../livekit/time.js';
import { foundFacts } from './finding.js';
import { clockText, secondsPart } from './snapshot-clock.js';
import { outputsOf } from './egress-output.js';
import { derivedEnd, reportedEnd, SECOND, startOf, type SessionInterval } from './session-interval.js';
import { meteredAs } from '../meter/cell-dimensions.js';
import { merger } from './merge-rules.js';
import { intervalColumns, payloadOf, tableOf } from './session-table.js';

/** Times in ms. The optional fields are set only by a snapshot. */
export interface EgressFacts {
  project: string;
  egressId: string;
  roomSid: string | null;
  roomName: string | null;
  type: string | null;
  reportedStartAt: number | null;
  firstSeenAt: number;
  lastSeenAt: number;
  infoClock: string;
  /** The newest snapshot's end, if it is terminal. */
  toldEndAt: number | null;
  toldEndExact: boolean;
  outputsClock: string | null;
  learned: string | null;
  status?: string;
  sourceType?: string;
  updatedAt?: number | null;
  error?: string | null;
  errorCode?: number | null;
  details?: string | null;
  info?: string;
  outputs?: string;
}

export interface EgressRow extends EgressFacts, SessionInterval {}

export const egressTable = tableOf<Prisma.EgressScalarFieldEnum>()({
  name: 'egress',
  key: ['egressId', 'project'],
  columns: {
    project: 'text',
    egressId: 'text',
    roomSid: 'text',
    roomName: 'text',
    type: 'text',
    ...intervalColumns,
    reportedStartAt: 'time',
    toldEndAt: 'time',
    toldEndExact: 'bool',
    sourceType: 'text',
    infoClock: 'text',
    outputsClock: 'text',
  },
  payload: {
    infoClock: {
      status: 'text',
      updatedAt: 'time',
      error: 'text',
      errorCode: 'int',
      details: 'text',
      info: 'json',
    },
    outputsClock: { outputs: 'json' },
  },
  defaults: { status: '', sourceType: '', info: 'null', outputs: '[]' },
  usage: meteredAs('EGRESS'),
});

export const mergeEgress = merger<EgressFacts>({
  least: ['reportedStartAt', 'firstSeenAt'],
  greatest: ['lastSeenAt'],
  learned: ['learned'],
  constant: ['roomSid', 'roomName', 'type'],
  latest: {
    infoClock: ['toldEndAt', 'toldEndExact', 'sourceType', ...payloadOf<EgressFacts>(egressTable, 'infoClock')],
    outputsClock: payloadOf<EgressFacts>(egressTable, 'outputsClock'),
  },
});

const statuses = enumOf(EgressInfo, 'status');
const sourceTypes = enumOf(EgressInfo, 'sourceType');
const ACTIVE = 1;
const TERMINAL = 3;
const statusRank: Record<string, number> = {
  EGRESS_STARTING: 0,
  EGRESS_ACTIVE: ACTIVE,
  EGRESS_ENDING: 2,
  EGRESS_COMPLETE: TERMINAL,
  EGRESS_FAILED: TERMINAL,
  EGRESS_ABORTED: TERMINAL,
  EGRESS_LIMIT_REACHED: TERMINAL,
};

export function egressEvidence(event: LedgerEvent): EgressFacts | readonly [] {
  if (event.subject !== 'finding') return toldOfEgress(event);
  const found = foundFacts(event, 'EGRESS');
  if (found === null) return [];
  // The webhook of the same change is the newer snapshot.
  const told = toldOfEgress({ ...event, at: 0 });
  const listed = child(event.message, 'egressInfo') !== null;
  return { ...told, reportedStartAt: null, toldEndAt: null, infoClock: listed ? told.infoClock : '', ...found };
}

function toldOfEgress(event: LedgerEvent): EgressFacts {
  const { at, ids, receivedAt } = event;
  const info: Wire<EgressInfo> = child(event.message, 'egressInfo') ?? {};
  const status = enumName(field(info, 'status'), statuses);
  const statusOrder = event.name === 'egress_ended' ? TERMINAL : (statusRank[status] ?? ACTIVE);
  const terminal = statusOrder === TERMINAL;
  const updated = integer(info, 'updatedAt');
  const updatedAt = timeOf(updated, 'ns', receivedAt);
  const exactEnd = timeOf(integer(info, 'endedAt'), 'ns', receivedAt) ?? updatedAt;
  const startedAt = timeOf(integer(info, 'startedAt'), 'ns', receivedAt);
  const until = Math.max(exactEnd ?? 0, at + SECOND);
  const outputs = outputsOf(info, { startedAt, until, arrival: receivedAt });
  const rank = terminal && outputs.length > 0 ? TERMINAL + 1 : statusOrder;
  const clock = clockText([[rank, 1], [clockOf(updated, 'ns', receivedAt), 19], secondsPart(at)], event.id);
  return {
    project: event.project,
    egressId: ids.egressId ?? '',
    roomSid: ids.roomSid,
    roomName: ids.roomName,
    type: typeOf(info),
    reportedStartAt: startedAt,
    firstSeenAt: at,
    lastSeenAt: at,
    infoClock: clock,
    learned: null,
    toldEndAt: terminal ? (exactEnd ?? at) : null,
    toldEndExact: terminal && exactEnd !== null,
    outputsClock: outputs.length > 0 ? clock : null,
    status,
    sourceType: sourceTypeOf(info),
    updatedAt,
    error: text(info, 'error'),
    errorCode: int32(info, 'errorCode'),
    details: text(info, 'details'),
    info: JSON.stringify(info),
    outputs: JSON.stringify(outputs),
  };
}

/** The request's JSON field, and the API's name. */
const requestTypes: [string, string][] = [
  ['roomComposite', 'ROOM_COMPOSITE'],
  ['web', 'WEB'],
  ['participant', 'PARTICIPANT'],
  ['trackComposite', 'TRACK_COMPOSITE'],
  ['track', 'TRACK'],
  ['replay', 'REPLAY'],
];

/** Requests that LiveKit serves without a browser. */
const withoutBrowser = new Set(['PARTICIPANT', 'TRACK_COMPOSITE', 'TRACK', 'MEDIA']);

/** LiveKit omits WEB, which is zero; servers before 2024-12 omit SDK too. */
function sourceTypeOf(info: Wire<EgressInfo>): string {
  const sent = field(info, 'sourceType');
  if (sent === null && withoutBrowser.has(typeOf(info) ?? '')) return 'EGRESS_SOURCE_TYPE_SDK';
  return enumName(sent, sourceTypes);
}

function typeOf(info: Wire<EgressInfo>): string | null {
  const request = child<{ egress: object }, 'egress'>(info as Wire<{ egress: object }>, 'egress');
  if (request) {
    const source = ['template', 'web', 'media'].find((name) => field(request, name) !== null);
    return source ? source.toUpperCase() : null;
  }
  return requestTypes.find(([name]) => field(info, name) !== null)?.[1] ?? null;
}

export function settleEgress(egress: EgressFacts): EgressRow {
  const start = startOf([egress.reportedStartAt], egress);
  const { toldEndAt, toldEndExact, lastSeenAt, learned } = egress;
  const end =
    toldEndAt === null
      ? derivedEnd({ ...start, lastSeenAt, learned })
      : reportedEnd(start.startedAt, toldEndAt, toldEndExact ? 0 : SECOND);
  return { ...egress, ...start, ...end };
}
