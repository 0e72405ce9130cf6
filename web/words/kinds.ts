import type { ParticipantKind, TimeSource } from '../generated/operations';

/** One colour each, everywhere. */
export type Tone = 'person' | 'phone' | 'agent' | 'ingress' | 'egress';

const tones: Partial<Record<ParticipantKind, Tone>> = {
  SIP: 'phone',
  AGENT: 'agent',
  INGRESS: 'ingress',
  EGRESS: 'egress',
};

export const toneOf = (kind: ParticipantKind): Tone => tones[kind] ?? 'person';

export const toneWords: Readonly<Record<Tone, string>> = {
  person: 'person',
  phone: 'phone',
  agent: 'agent',
  ingress: 'stream in',
  egress: 'recording',
};

export const sourceWords: Readonly<Record<TimeSource, string>> = {
  REPORTED: 'reported by LiveKit',
  INFERRED: 'first sign of life; no start was received',
  CASCADED: "with the room's end",
  SUPERSEDED: 'when a newer session took its place',
  RECONCILED: 'learned by asking LiveKit',
  EXPIRED: 'silent for too long',
  OPERATOR: 'set by a person',
};

const reasons: Readonly<Record<string, string>> = {
  CLIENT_INITIATED: 'said goodbye',
  DUPLICATE_IDENTITY: 'joined again elsewhere',
  SERVER_SHUTDOWN: 'the server stopped',
  PARTICIPANT_REMOVED: 'was removed',
  ROOM_DELETED: 'the room was closed',
  STATE_MISMATCH: 'had to connect anew',
  JOIN_FAILURE: 'could not connect',
  MIGRATION: 'moved to another server',
  SIGNAL_CLOSE: 'connection lost',
  CONNECTION_TIMEOUT: 'connection lost',
  ROOM_CLOSED: 'the room was closed',
  USER_UNAVAILABLE: 'did not answer',
  USER_REJECTED: 'declined',
  SIP_TRUNK_FAILURE: 'the phone line failed',
  MEDIA_FAILURE: 'media failed',
};

export const lostReasons: ReadonlySet<string> = new Set([
  'SIGNAL_CLOSE',
  'CONNECTION_TIMEOUT',
  'STATE_MISMATCH',
  'JOIN_FAILURE',
  'MEDIA_FAILURE',
  'SIP_TRUNK_FAILURE',
]);

interface Ended {
  readonly active: boolean;
  readonly endSource: TimeSource | null;
  readonly disconnectReason?: string | null;
}

export function howItEnded({ active, endSource, disconnectReason }: Ended): string {
  if (active) return 'still here';
  if (disconnectReason) return reasons[disconnectReason] ?? disconnectReason.toLowerCase().replaceAll('_', ' ');
  return endSource === null || endSource === 'REPORTED' ? 'left' : sourceWords[endSource];
}
