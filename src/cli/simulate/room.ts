import { type Chance, freshId } from './chance.js';
import { egressEnded, egressInfo, ingressEnded, ingressInfo, job, jobEnded } from './media.js';
import { type Body, type Message, seconds } from './webhook-message.js';
import { agent, gone, type Participant, person, recorder, streamer, track, type TrackKind } from './participant.js';

interface Ending {
  readonly owner: string;
  readonly end: () => Message;
}

/** One room. Each step is one event; events that must follow a step wait in `soon`. */
export class PlayedRoom {
  private readonly endings: Ending[] = [];
  private readonly soon: (() => Message)[] = [];
  private readonly info: Record<string, unknown> & { sid: string; name: string };
  private readonly minimal: { sid: string; name: string };

  constructor(
    name: string,
    private readonly chance: Chance,
    private readonly now: () => number,
  ) {
    const created = { creationTime: seconds(now()), creationTimeMs: String(now()), turnPassword: freshId('') };
    const timeouts = { emptyTimeout: 300, departureTimeout: 20 };
    const metadata = JSON.stringify({ tenant: chance.pick(['acme', 'globex', 'initech']) });
    this.minimal = { sid: freshId('RM_'), name };
    this.info = { ...this.minimal, ...timeouts, ...created, metadata };
    const start = (): Message => this.begin('room', this.ofRoom('room_started'), () => this.ofRoom('room_finished'));
    this.soon.push(
      start,
      () => this.join(),
      () => this.join(),
    );
  }

  get open(): number {
    return this.endings.length;
  }

  step(): Message {
    const next = this.soon.shift();
    if (next) return next();
    if (this.chance.under(this.open < 12 ? 0.65 : 0.2)) return this.arrival()();
    return this.endOf(this.chance.pick(this.endings).owner);
  }

  close(): Message {
    this.soon.length = 0;
    return this.endings.pop()!.end();
  }

  private arrival(): () => Message {
    if (this.chance.under(0.8)) return () => this.join();
    return this.chance.pick([() => this.record(), () => this.stream(), () => this.dispatch()]);
  }

  /** Ends what its owner started last; the room only after everything else. */
  private endOf(owner: string): Message {
    const at = this.endings.findLastIndex((ending) => ending.owner === owner && (owner !== 'room' || this.open === 1));
    if (at < 0) return this.arrival()();
    return this.endings.splice(at, 1)[0]!.end();
  }

  private begin(owner: string, message: Message, end: () => Message): Message {
    this.endings.push({ owner, end });
    return message;
  }

  private join(): Message {
    const media: TrackKind[] = ['microphone'];
    if (this.chance.under(0.7)) media.push('camera');
    if (this.chance.under(0.15)) media.push('screen');
    const someone = person(this.chance, this.now());
    return this.enter(someone, someone.sid, media);
  }

  private enter(participant: Participant, owner: string, media: readonly TrackKind[]): Message {
    for (const kind of media) this.soon.push(() => this.publish(participant, owner, kind));
    const left = (): Message => {
      const reason = this.chance.under(0.05) ? 'CONNECTION_TIMEOUT' : 'CLIENT_INITIATED';
      return this.ofRoom('participant_left', { participant: gone(participant, reason) });
    };
    return this.begin(owner, this.ofRoom('participant_joined', { participant }), left);
  }

  private publish({ sid, identity }: Participant, owner: string, kind: TrackKind): Message {
    const fields = { room: this.minimal, participant: { sid, identity }, track: track(kind, this.now()) };
    const end = (): Message => this.of({ event: 'track_unpublished', ...fields });
    return this.begin(owner, this.of({ event: 'track_published', ...fields }), end);
  }

  private record(): Message {
    const started = this.now();
    const info = egressInfo(freshId('EG_'), this.minimal, started);
    const id = String(info['egressId']);
    const message = (event: string, egressInfo: object): Message => ({
      key: id,
      body: { event, room: this.minimal, egressInfo },
    });
    this.soon.push(
      () => message('egress_updated', { ...info, status: 'EGRESS_ACTIVE' }),
      () => this.enter(recorder(id, this.now()), id, []),
    );
    const end = (): Message => message('egress_ended', egressEnded(info, started, this.now()));
    return this.begin(id, message('egress_started', info), end);
  }

  private stream(): Message {
    const ids = { ingressId: freshId('IN_'), resourceId: freshId('RT_') };
    const info = ingressInfo(ids, this.minimal, this.now());
    const message = (event: string, ingressInfo: object): Message => ({
      key: ids.ingressId,
      body: { event, room: { name: this.info.name }, ingressInfo },
    });
    this.soon.push(() => {
      const someone = streamer(ids.ingressId, ids.resourceId, this.now());
      return this.enter(someone, ids.ingressId, ['microphone', 'camera']);
    });
    const end = (): Message => message('ingress_ended', ingressEnded(info, this.now()));
    return this.begin(ids.ingressId, message('ingress_started', info), end);
  }

  private dispatch(): Message {
    const info = job(freshId('AJ_'), this.minimal, this.now());
    const message = (event: string, about: object): Message => ({ key: 'default', body: { event, job: about } });
    const id = String(info['id']);
    this.soon.push(() => this.enter(agent(id, this.now()), id, ['microphone']));
    const end = (): Message => message('agent_job_ended', jobEnded(info, this.now()));
    return this.begin(id, message('agent_job_started', info), end);
  }

  private ofRoom(event: string, fields: object = {}): Message {
    return this.of({ event, room: this.info, ...fields });
  }

  private of(body: Body): Message {
    return { key: this.info.name, body };
  }
}
