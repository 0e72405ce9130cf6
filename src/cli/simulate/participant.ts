import type { Chance } from './chance.js';
import { freshId } from './chance.js';
import { micros, seconds } from './webhook-message.js';

export interface Participant {
  readonly sid: string;
  readonly identity: string;
  readonly [field: string]: unknown;
}

const names = ['Ada', 'Ben', 'Chloé', 'Dmitri', 'Emeka', 'Farah', 'Grace', 'Hiro', 'Inés', 'Jonas', 'Khadija', 'Linh'];
const speaks = { canSubscribe: true, canPublish: true, canPublishData: true, canUpdateMetadata: true };

export function joined(identity: string, now: number, fields: object): Participant {
  const joinedAt = now - 400;
  const times = { joinedAt: seconds(joinedAt), joinedAtMs: String(joinedAt) };
  return { sid: freshId('PA_'), identity, state: 'ACTIVE', ...times, version: 2, permission: speaks, ...fields };
}

export function person(chance: Chance, now: number): Participant {
  const name = chance.pick(names);
  const attributes = { device: chance.pick(['laptop', 'phone', 'tablet']) };
  return joined(`${name.toLowerCase()}-${chance.whole(1, 99)}`, now, {
    name,
    attributes,
    region: chance.pick(['eu', 'us']),
  });
}

export function agent(jobId: string, now: number): Participant {
  return joined(`agent-${jobId}`, now, { name: 'assistant', kind: 'AGENT', permission: { ...speaks, agent: true } });
}

export function recorder(egressId: string, now: number): Participant {
  const permission = { canSubscribe: true, canPublishData: true, hidden: true, recorder: true };
  return joined(egressId, now, { kind: 'EGRESS', permission });
}

export function streamer(ingressId: string, resourceId: string, now: number): Participant {
  const attributes = { 'ingress.ingressID': ingressId, 'ingress.resourceID': resourceId };
  return joined(`stream-${ingressId.slice(-4)}`, now, { name: 'OBS', kind: 'INGRESS', attributes });
}

export function gone(participant: Participant, disconnectReason: string): Participant {
  return { ...participant, state: 'DISCONNECTED', version: 6, isPublisher: true, disconnectReason };
}

export type TrackKind = 'microphone' | 'camera' | 'screen';

/** LiveKit omits AUDIO, the enum's zero. */
export function track(kind: TrackKind, now: number): { sid: string } & Record<string, unknown> {
  const published = { version: { unixMicro: micros(now) } };
  if (kind === 'microphone') {
    return {
      sid: freshId('TR_AM'),
      name: kind,
      source: 'MICROPHONE',
      mimeType: 'audio/red',
      stream: 'camera',
      ...published,
    };
  }
  const [prefix, source, width, height] =
    kind === 'camera' ? (['TR_VC', 'CAMERA', 1280, 720] as const) : (['TR_VS', 'SCREEN_SHARE', 1920, 1080] as const);
  const video = { type: 'VIDEO', width, height, mimeType: 'video/VP8', stream: kind };
  return { sid: freshId(prefix), name: kind, source, ...video, ...published };
}
