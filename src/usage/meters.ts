import { cellValues } from '../meter/cell-dimensions.js';
import { agentJob } from '../read/nouns/agent-job.js';
import { egress } from '../read/nouns/egress.js';
import { ingressSession } from '../read/nouns/ingress-session.js';
import { participant } from '../read/nouns/participant.js';
import type { Noun } from '../read/noun.js';
import { room } from '../read/nouns/room.js';
import { track } from '../read/nouns/track.js';
import type { Measure } from './measures.js';

export type Joins = Set<'room' | 'publisher'>;

/** SQL for a value of a session; adds the joins it needs. */
export type SessionColumn = (joins: Joins) => string;

export interface Meter {
  readonly noun: Noun;
  /** By UsageField. */
  readonly fields: Readonly<Record<string, SessionColumn>>;
  readonly roomMetadata?: SessionColumn;
  /** Whether every session has its room's name. */
  readonly namesRoom?: true;
  readonly writes?: true;
  /** Columns of the participant: the session itself, or the publisher. */
  readonly profile?: (column: string) => SessionColumn;
  /** Fields that cells hold: the cell's column, under the session's column name. */
  readonly cells: Readonly<Record<string, string>>;
}

export function has({ fields, writes }: Meter, measure: Measure): boolean {
  if (measure === 'bytes') return writes === true;
  return measure !== 'identities' || fields['IDENTITY'] !== undefined;
}

/** Restricted to the fields that cells hold. */
export function restrictedToCells({ noun, fields, cells }: Meter): Meter {
  const kept = ['PROJECT', ...Object.keys(cells)].map((name) => [name, fields[name]!] as const);
  return { noun, fields: Object.fromEntries(kept), cells };
}

const own =
  (column: string): SessionColumn =>
  () =>
    `session.${column}`;
const joined =
  (join: 'room' | 'publisher') =>
  (column: string): SessionColumn =>
  (joins) => {
    joins.add(join);
    return `${join}.${column}`;
  };
const ofRoom = joined('room');
const ofPublisher = joined('publisher');

const fields = { PROJECT: own('project'), ROOM_NAME: own('room_name'), ROOM_SID: own('room_sid') };
const inRoom = { fields, roomMetadata: ofRoom('metadata_json') };

/** Enum values group by the API's name if there is one, else by LiveKit's. */
export const meters: Readonly<Record<string, Meter>> = {
  ROOM: {
    noun: room,
    fields: { ...fields, ROOM_SID: own('sid') },
    roomMetadata: own('metadata_json'),
    cells: cellValues('ROOM'),
  },
  PARTICIPANT: {
    ...inRoom,
    namesRoom: true,
    noun: participant,
    fields: {
      ...fields,
      IDENTITY: own('identity'),
      PARTICIPANT_KIND: own('kind'),
      DISCONNECT_REASON: own('disconnect_reason'),
      REGION: own('region'),
    },
    profile: own,
    cells: cellValues('PARTICIPANT'),
  },
  TRACK: {
    ...inRoom,
    namesRoom: true,
    noun: track,
    fields: {
      ...fields,
      IDENTITY: ofPublisher('identity'),
      PARTICIPANT_KIND: ofPublisher('kind'),
      TRACK_TYPE: own('type'),
      TRACK_SOURCE: own('source'),
    },
    profile: ofPublisher,
    cells: cellValues('TRACK'),
  },
  EGRESS: {
    ...inRoom,
    noun: egress,
    writes: true,
    fields: {
      ...fields,
      EGRESS_TYPE: own('type'),
      EGRESS_SOURCE_TYPE: () => "regexp_replace(session.source_type, '^EGRESS_SOURCE_TYPE_', '')",
    },
    cells: cellValues('EGRESS'),
  },
  INGRESS: {
    ...inRoom,
    noun: ingressSession,
    fields: {
      ...fields,
      IDENTITY: own('participant_identity'),
      INGRESS_INPUT_TYPE: () => "regexp_replace(session.input_type, '^(RTMP|WHIP|URL)_INPUT$', '\\1')",
    },
    cells: cellValues('INGRESS'),
  },
  AGENT_JOB: {
    ...inRoom,
    noun: agentJob,
    fields: { ...fields, IDENTITY: own('agent_identity'), AGENT_NAME: own('agent_name') },
    cells: cellValues('AGENT_JOB'),
  },
};
