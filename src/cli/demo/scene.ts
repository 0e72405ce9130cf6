import { type Chance, freshId } from '../simulate/chance.js';
import { egressEnded, egressInfo, ingressEnded, ingressInfo, job, jobEnded } from '../simulate/media.js';
import { agent, gone, type Participant, recorder, streamer, track, type TrackKind } from '../simulate/participant.js';
import { type Body, dated, type Message, seconds } from '../simulate/webhook-message.js';
import type { Appearance } from './cast.js';

/** A message, and when LiveKit sends it, in ms. */
export interface Timed {
  readonly at: number;
  readonly message: Message;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Lost: LiveKit notices it late. Unheard: LiveKit never tells it. */
export type Goodbye = 'said' | 'lost' | 'unheard';

export interface Visit extends Span {
  readonly who: Appearance;
  readonly media: readonly TrackKind[];
  readonly goodbye?: Goodbye;
}

const SECOND = 1000;
const NOTICED_LATE = 21 * SECOND;

/** One room from its start to its end: what LiveKit would tell of it, and when. */
export class Scene {
  readonly told: Timed[] = [];
  private readonly room: { sid: string; name: string };
  private readonly info: object;

  constructor(
    readonly name: string,
    tenant: string,
    readonly span: Span,
  ) {
    const { from, to } = span;
    this.room = { sid: freshId('RM_'), name };
    const times = { creationTime: seconds(from), creationTimeMs: String(from), turnPassword: freshId('') };
    const metadata = JSON.stringify({ tenant });
    this.info = { ...this.room, emptyTimeout: 300, departureTimeout: 20, ...times, metadata };
    this.tell(from, { event: 'room_started', room: this.info });
    this.tell(to + 20 * SECOND, { event: 'room_finished', room: this.info });
  }

  visit({ who, from, to, media, goodbye = 'said' }: Visit): void {
    const participant = who(from + 400);
    const until = goodbye === 'lost' ? to + NOTICED_LATE : to;
    this.tell(from + 400, { event: 'participant_joined', room: this.info, participant });
    media.forEach((kind, at) => this.publish(participant, kind, { from: from + 900 * (at + 2), to: until }));
    if (goodbye === 'unheard') return;
    const left = gone(participant, goodbye === 'lost' ? 'CONNECTION_TIMEOUT' : 'CLIENT_INITIATED');
    this.tell(until, { event: 'participant_left', room: this.info, participant: left });
  }

  private publish({ sid, identity }: Participant, kind: TrackKind, { from, to }: Span): void {
    if (to <= from) return;
    const about = { room: this.room, participant: { sid, identity }, track: track(kind, from) };
    this.tell(from, { event: 'track_published', ...about });
    this.tell(to - 1, { event: 'track_unpublished', ...about });
  }

  /** Somebody who never gets connected. */
  abort(who: Appearance, at: number): void {
    const participant = { ...gone(who(at), 'JOIN_FAILURE'), isPublisher: false };
    this.tell(at, { event: 'participant_connection_aborted', room: this.info, participant });
  }

  /** @param whom null: the whole room */
  record({ from, to }: Span, whom: string | null, chance: Chance): void {
    const composite = egressInfo(freshId('EG_'), this.room, from);
    const { roomComposite, ...others } = composite as { roomComposite: { fileOutputs: object }; egressId: string };
    const participant = { identity: whom, roomName: this.room.name, fileOutputs: roomComposite.fileOutputs };
    const info = whom === null ? composite : { ...others, participant };
    const tell = (at: number, event: string, egressInfo: object): void =>
      this.tell(at, { event, room: this.room, egressInfo }, others.egressId);
    tell(from, 'egress_started', info);
    tell(from + 3 * SECOND, 'egress_updated', { ...info, status: 'EGRESS_ACTIVE' });
    this.visit({ who: (now) => recorder(others.egressId, now), from: from + 2 * SECOND, to, media: [] });
    const failed = { status: 'EGRESS_FAILED', error: 'upload failed: AccessDenied', fileResults: [] };
    tell(to, 'egress_ended', { ...egressEnded(info, from, to), ...(chance.under(0.02) && failed) });
  }

  stream({ from, to }: Span, name: string, whip: boolean): void {
    const ids = { ingressId: freshId('IN_'), resourceId: freshId('RT_') };
    const participantIdentity = whip ? 'whip-in' : 'rtmp-in';
    const endpoint = whip ? { inputType: 'WHIP_INPUT', url: 'https://ingress.example.com/w' } : {};
    const info = { ...ingressInfo(ids, this.room, from), name, participantIdentity, ...endpoint };
    const tell = (at: number, event: string, ingressInfo: object): void =>
      this.tell(at, { event, room: { name: this.room.name }, ingressInfo }, ids.ingressId);
    tell(from, 'ingress_started', info);
    const named = { identity: participantIdentity, name };
    const who: Appearance = (now) => ({ ...streamer(ids.ingressId, ids.resourceId, now), ...named });
    this.visit({ who, from: from + SECOND, to, media: ['microphone', 'camera'] });
    tell(to, 'ingress_ended', ingressEnded(info, to));
  }

  assist({ from, to }: Span, agentName: string): void {
    const id = freshId('AJ_');
    const info = { ...job(id, this.room, from), agentName };
    this.tell(from, { event: 'agent_job_started', job: info }, 'default');
    const who: Appearance = (now) => ({ ...agent(id, now), name: agentName });
    this.visit({ who, from: from + SECOND, to, media: ['microphone'] });
    this.tell(to, { event: 'agent_job_ended', job: jobEnded(info, to) }, 'default');
  }

  silentAfter(at: number): readonly Timed[] {
    return this.told.filter((one) => one.at <= at);
  }

  private tell(at: number, body: Body, key = this.room.name): void {
    this.told.push({ at, message: { key, body: dated(body, at) } });
  }
}

export function inOrder(told: readonly Timed[]): Timed[] {
  return told.toSorted((a, b) => a.at - b.at);
}
