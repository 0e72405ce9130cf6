import { Chance } from '../../src/cli/simulate/chance.js';
import { now, type Rows } from './rows.js';
import type { Scene } from './usage-scenes.js';

export type MeterName = 'ROOM' | 'PARTICIPANT' | 'TRACK' | 'EGRESS' | 'INGRESS' | 'AGENT_JOB';

/** A session as the tests know it: its interval, and what it can be grouped and filtered by. */
export interface Session {
  readonly meter: MeterName;
  readonly id: string;
  readonly start: number;
  readonly end: number | null;
  readonly lastSeen: number;
  readonly endSource: string | null;
  /** An aborted participant, a job that waits. */
  readonly empty: boolean;
  /** By the API's UsageField; what a meter lacks is absent. */
  readonly fields: Readonly<Record<string, string | null>>;
  readonly metadata: unknown;
  /** Of an egress: the sizes of its outputs. */
  readonly sizes?: readonly (number | null)[];
  /** Of the participant that it is, or that published it. */
  readonly person?: Person | null;
}

export interface Person {
  readonly identity: string;
  readonly kind: string;
  readonly kindDetails: readonly string[];
  readonly hidden: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const names = ['acme_daily', 'acme_weekly', '_lead', 'plain', 'b_c_d', 'ﬀ_x', '😀_x', 'Z_z'];
const tenants = [7, '7', 7.5, true, null, {}, [1], 'acme', '', 'ﬀ', '😀', 'Acme'];
const derived = ['CASCADED', 'SUPERSEDED', 'RECONCILED', 'EXPIRED'];

/** Sessions of every kind around a scene, put into the tables, with twins of another project that nobody may see. */
export async function sow(rows: Rows, scene: Scene, count: number): Promise<Session[]> {
  return new Seed(rows, scene, new Chance(scene.from / 1_000)).plant(count);
}

interface RoomOfSeed {
  readonly sid: string;
  readonly name: string;
  readonly metadata: unknown;
}

class Seed {
  private readonly rooms: RoomOfSeed[] = [];
  private readonly people: { sid: string; room: RoomOfSeed; person: Person }[] = [];
  private readonly sessions: Session[] = [];

  constructor(
    private readonly rows: Rows,
    private readonly scene: Scene,
    private readonly chance: Chance,
  ) {}

  async plant(count: number): Promise<Session[]> {
    await this.each(count, (id) => this.room(id));
    await this.each(count, (id) => this.participant(id));
    await this.each(count, (id) => this.track(id));
    await this.each(count, (id) => this.egress(id));
    await this.each(count, (id) => this.ingress(id));
    await this.each(count, (id) => this.job(id));
    return this.sessions;
  }

  private async each(count: number, make: (id: string) => () => Promise<unknown>): Promise<void> {
    const inserts = Array.from({ length: count }, (_, index) => make(`${this.scene.name}_${index}`));
    await Promise.all(inserts.map((insert) => insert()));
  }

  private room(id: string): () => Promise<unknown> {
    const { chance } = this;
    const room = { sid: `RM_${id}`, name: chance.pick(names), metadata: { tenant: { id: chance.pick(tenants) } } };
    this.rooms.push(room);
    const life = this.life();
    this.sessions.push({
      meter: 'ROOM',
      id: room.sid,
      ...life,
      empty: false,
      fields: ofRoom(room),
      metadata: room.metadata,
    });
    const row = { sid: room.sid, roomName: room.name, metadataJson: room.metadata as object, ...columns(life) };
    return this.twice((project) => this.rows.rooms({ ...row, ...project, ...foreign(project, { metadataJson: 'x' }) }));
  }

  private participant(id: string): () => Promise<unknown> {
    const { chance } = this;
    const [room, life] = [chance.pick(this.rooms), this.life()];
    const person: Person = {
      identity: chance.pick(['ada', 'bob', 'Zoë', 'ﬀ', '😀', '']),
      kind: chance.pick(['STANDARD', 'STANDARD', 'AGENT', 'HOLOGRAM']),
      kindDetails: chance.pick([[], [], ['SIMULATION'], ['CLOUD_AGENT', 'NEW']]),
      hidden: chance.under(0.2),
      attributes: chance.pick<Record<string, string>>([
        {},
        { plan: 'pro' },
        { plan: 'free', 'a.b': 'c' },
        { plan: '' },
      ]),
    };
    this.people.push({ sid: `PA_${id}`, room, person });
    const empty = chance.under(0.1);
    const disconnectReason = life.end === null ? null : chance.pick(['CLIENT_INITIATED', 'MIGRATION', null]);
    const region = chance.pick(['eu', 'us', null]);
    const fields = { ...ofRoom(room), ...ofPerson(person), DISCONNECT_REASON: disconnectReason, REGION: region };
    this.sessions.push({
      meter: 'PARTICIPANT',
      id: `PA_${id}`,
      ...life,
      empty,
      fields,
      metadata: room.metadata,
      person,
    });
    const { kindDetails, attributes, ...profile } = person;
    const row = { sid: `PA_${id}`, ...placed(room), ...columns(life), ...profile, disconnectReason, region };
    const more = { kindDetails: [...kindDetails], attributes, state: empty ? 'ABORTED' : 'ACTIVE' };
    return this.twice((project) =>
      this.rows.participants({ ...row, ...more, ...project, ...foreign(project, { identity: 'x', kind: 'x' }) }),
    );
  }

  private track(id: string): () => Promise<unknown> {
    const { chance } = this;
    const [life, publisher] = [this.life(), chance.pick(this.people)];
    const lost = chance.under(0.1);
    const [type, source] = [chance.pick(['AUDIO', 'VIDEO', 'SMELL']), chance.pick(['CAMERA', 'MICROPHONE', 'NOSE'])];
    const person = lost ? null : publisher.person;
    const ofPublisher = person === null ? { IDENTITY: null, PARTICIPANT_KIND: null } : ofPerson(person);
    const fields = { ...ofRoom(publisher.room), ...ofPublisher, TRACK_TYPE: type, TRACK_SOURCE: source };
    const { metadata } = publisher.room;
    this.sessions.push({ meter: 'TRACK', id: `TR_${id}`, ...life, empty: false, fields, metadata, person });
    const participantSid = lost ? 'PA_unknown' : publisher.sid;
    const row = { sid: `TR_${id}`, ...placed(publisher.room), participantSid, type, source, ...columns(life) };
    return this.twice((project) => this.rows.tracks({ ...row, ...project }));
  }

  private egress(id: string): () => Promise<unknown> {
    const { chance } = this;
    const [life, room] = [this.life(), this.looseRoom()];
    const type = chance.pick(['ROOM_COMPOSITE', 'WEB', 'HOLO', null]);
    const source = chance.pick(['WEB', 'SDK', 'NEW']);
    const fields = { ...room.fields, EGRESS_TYPE: type, EGRESS_SOURCE_TYPE: source };
    const sizes = chance.pick([[], [null], [5_000_000_001], [1, null, 2 ** 45]]);
    const { metadata } = room;
    this.sessions.push({ meter: 'EGRESS', id: `EG_${id}`, ...life, empty: false, fields, metadata, sizes });
    const outputs = sizes.map((sizeBytes) => ({ kind: 'FILE', sizeBytes }));
    const row = { outputs, egressId: `EG_${id}`, ...room.columns, type, sourceType: `EGRESS_SOURCE_TYPE_${source}` };
    return this.twice((project) => this.rows.egresses({ ...row, ...columns(life), ...project }));
  }

  private ingress(id: string): () => Promise<unknown> {
    const { chance } = this;
    const [life, room] = [this.life(), this.looseRoom()];
    const [inputType, word] = chance.pick([
      ['RTMP_INPUT', 'RTMP'],
      ['WHIP_INPUT', 'WHIP'],
      ['SRT_INPUT', 'SRT_INPUT'],
    ] as const);
    const identity = chance.pick(['ada', 'camera', null]);
    const fields = { ...room.fields, IDENTITY: identity, INGRESS_INPUT_TYPE: word };
    this.sessions.push({ meter: 'INGRESS', id: `RT_${id}`, ...life, empty: false, fields, metadata: room.metadata });
    const row = { resourceId: `RT_${id}`, ...room.columns, inputType, participantIdentity: identity };
    return this.twice((project) => this.rows.ingressSessions({ ...row, ...columns(life), ...project }));
  }

  private job(id: string): () => Promise<unknown> {
    const { chance } = this;
    const [life, room, empty] = [this.life(), this.looseRoom(), chance.under(0.15)];
    const [agentName, identity] = [chance.pick(['scribe', 'Bot', null]), chance.pick(['agent-1', 'agent-2', null])];
    const fields = { ...room.fields, IDENTITY: identity, AGENT_NAME: agentName };
    this.sessions.push({ meter: 'AGENT_JOB', id: `AJ_${id}`, ...life, empty, fields, metadata: room.metadata });
    const row = { jobId: `AJ_${id}`, ...room.columns, agentName, agentIdentity: identity, waiting: empty };
    return this.twice((project) => this.rows.agentJobs({ ...row, ...columns(life), ...project }));
  }

  /** The room of what may not know it, or not its name. */
  private looseRoom(): { fields: Record<string, string | null>; columns: object; metadata: unknown } {
    const { chance } = this;
    const room = chance.pick(this.rooms);
    const [roomSid, roomName] = chance.pick([
      [room.sid, room.name],
      [room.sid, room.name],
      [room.sid, room.name],
      [room.sid, null],
      [null, null],
    ] as const);
    const fields = { PROJECT: 'default', ROOM_SID: roomSid, ROOM_NAME: roomName };
    return { fields, columns: { roomSid, roomName }, metadata: roomSid === null ? null : room.metadata };
  }

  private life(): Pick<Session, 'start' | 'end' | 'lastSeen' | 'endSource'> {
    const { chance, scene } = this;
    const grain = chance.pick([1, 1_000, MINUTE, 15 * MINUTE, HOUR]);
    const about = (from: number, to: number): number => Math.round(chance.whole(from, to) / grain) * grain;
    const start = about(scene.from - 24 * HOUR, scene.to + 24 * HOUR);
    const longest = chance.pick([0, MINUTE, HOUR, 4 * HOUR, 9 * HOUR, 80 * HOUR]);
    if (chance.under(scene.to > now ? 0.15 : 0.02))
      return { start, end: null, lastSeen: Math.min(now, about(start, now)), endSource: null };
    const end = Math.max(start, about(start, start + longest));
    const lastSeen = Math.min(end, about(start - 10 * MINUTE, end));
    return { start, end, lastSeen, endSource: chance.under(0.5) ? 'REPORTED' : chance.pick(derived) };
  }

  /** Some have a twin in another project, with the same ids. */
  private twice(insert: (project: { project?: string }) => Promise<unknown>): () => Promise<unknown> {
    const twin = this.chance.under(0.3);
    return async () => {
      await insert({});
      if (twin) await insert({ project: 'acme' });
    };
  }
}

function foreign<T>({ project }: { project?: string }, columns: T): T | object {
  return project === undefined ? {} : columns;
}

function ofRoom({ sid, name }: RoomOfSeed): Record<string, string> {
  return { PROJECT: 'default', ROOM_SID: sid, ROOM_NAME: name };
}

function ofPerson({ identity, kind }: Person): Record<string, string> {
  return { IDENTITY: identity, PARTICIPANT_KIND: kind };
}

function placed({ sid, name }: RoomOfSeed): object {
  return { roomSid: sid, roomName: name };
}

function columns({
  start,
  end,
  lastSeen,
  endSource,
}: Pick<Session, 'start' | 'end' | 'lastSeen' | 'endSource'>): object {
  return {
    startedAt: new Date(start),
    endedAt: end === null ? null : new Date(end),
    lastSeenAt: new Date(lastSeen),
    endSource,
  };
}
