/** Bodies of webhooks, in order, of one room that began at `start` (ms) and lasted 59 min. */
export function consultation(start: number, { ends = true } = {}): string[] {
  const story = new Story(start);
  const ada = story.joins(0, { sid: 'PA_ada', identity: 'ada-64', name: 'Ada Park' });
  story.publishes(36, ada, 'MICROPHONE');
  story.publishes(120, ada, 'CAMERA');
  story.publishes(204, ada, 'SCREEN_SHARE', 3000);
  const weiss = story.joins(90, { sid: 'PA_weiss1', identity: 'dr-weiss', name: 'Dr. Weiss' });
  story.publishes(130, weiss, 'MICROPHONE', 1360);
  story.leaves(1513.418, weiss, 'CLIENT_INITIATED');
  const again = story.joins(1549.418, { sid: 'PA_weiss2', identity: 'dr-weiss', name: 'Dr. Weiss' });
  const phone = story.joins(337, { sid: 'PA_phone', identity: 'sip_5550112', name: '+49 30 5550 112', kind: 'SIP' });
  story.publishes(370, phone, 'MICROPHONE', 2650);
  story.leaves(2800, phone, 'CONNECTION_TIMEOUT');
  const chloe = story.joins(200, { sid: 'PA_chloe', identity: 'chloe-73', name: 'Chloé' });
  story.publishes(203, chloe, 'CAMERA', 1951);
  const agent = story.joins(20, { sid: 'PA_agent', identity: 'agent-AJ_9f', name: 'triage', kind: 'AGENT' });
  story.publishes(40, agent, 'MICROPHONE');
  const feed = story.joins(500, { sid: 'PA_feed', identity: 'rtmp-in', name: 'studio-feed', kind: 'INGRESS' });
  story.publishes(530, feed, 'CAMERA', 2900);
  story.leaves(3130, feed, 'CLIENT_INITIATED');
  story.records(142, ends ? 3540 : null);
  if (ends) {
    story.leaves(3536, ada, 'CLIENT_INITIATED');
    story.leaves(3532, again, 'CLIENT_INITIATED');
    story.leaves(3536, agent, 'CLIENT_INITIATED');
    story.tells(3543, 'room_finished', { room: story.room });
  }
  return story.bodies();
}

export const roomSid = 'RM_consult';

interface Who {
  readonly sid: string;
  readonly identity: string;
  readonly name: string;
  readonly kind?: string;
}

class Story {
  private readonly told: [number, object][] = [];
  readonly room: object;

  constructor(private readonly start: number) {
    const metadata = JSON.stringify({ tenant: 'clinic-north' });
    const times = { creationTime: String(Math.floor(start / 1000)), creationTimeMs: String(start) };
    this.room = { sid: roomSid, name: 'consultation-4821', ...times, metadata };
    this.tells(0, 'room_started', { room: this.room });
  }

  /** Seconds after the start. */
  tells(at: number, event: string, fields: object): void {
    const createdAt = String(Math.floor(this.start / 1000 + at));
    this.told.push([at, { event, id: `EV_${this.start}_${this.told.length}`, createdAt, ...fields }]);
  }

  joins(at: number, who: Who): Who {
    const joined = this.start + at * 1000;
    const times = { joinedAt: String(Math.floor(joined / 1000)), joinedAtMs: String(Math.round(joined)) };
    this.tells(at, 'participant_joined', { room: this.room, participant: { ...who, ...times, state: 'ACTIVE' } });
    return { ...who, ...times };
  }

  leaves(at: number, who: Who, disconnectReason: string): void {
    this.tells(at, 'participant_left', {
      room: this.room,
      participant: { ...who, state: 'DISCONNECTED', disconnectReason },
    });
  }

  publishes(at: number, { sid, identity }: Who, source: string, until?: number): void {
    const track = { sid: `TR_${sid}_${source}`, source, ...(source !== 'MICROPHONE' && { type: 'VIDEO' }) };
    const fields = { room: this.room, participant: { sid, identity }, track };
    this.tells(at, 'track_published', fields);
    if (until !== undefined) this.tells(until, 'track_unpublished', fields);
  }

  records(from: number, to: number | null): void {
    const nanos = (at: number): string => `${Math.round(this.start + at * 1000)}000000`;
    const info = { egressId: 'EG_6Pp9QDe', roomId: roomSid, roomName: 'consultation-4821', startedAt: nanos(from) };
    const egressInfo = { ...info, status: 'EGRESS_ACTIVE', roomComposite: { roomName: 'consultation-4821' } };
    this.tells(from, 'egress_started', { egressInfo });
    if (to === null) return;
    const fileResults = [
      { filename: 'consultation.mp4', size: '330000000', startedAt: nanos(from), endedAt: nanos(to) },
    ];
    const ended = { ...egressInfo, status: 'EGRESS_COMPLETE', endedAt: nanos(to), fileResults };
    this.tells(to, 'egress_ended', { egressInfo: ended });
  }

  bodies(): string[] {
    return this.told.sort(([a], [b]) => a - b).map(([, body]) => JSON.stringify(body));
  }
}
