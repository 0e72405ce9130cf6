/** A webhook event as a LiveKit server would send it. */
export type SentEvent = { event: string; id: string; createdAt: string } & Record<string, unknown>;

export interface Person {
  sid: string;
  identity: string;
  joinedAt: number;
  version: number;
  kind: string;
  tracks: Map<string, Published>;
}

export interface Published {
  sid: string;
  source: string;
  version: number;
}

export interface LiveRoom {
  sid: string;
  name: string;
  createdAt: number;
  people: Map<string, Person>;
}

/** What a LiveKit deployment remembers, and what it told. Times in ms. */
export class World {
  readonly events: SentEvent[] = [];
  readonly rooms = new Map<string, LiveRoom>();
  /** Sids that a finished or lost room left behind, by name: with Redis they come back to life. */
  readonly remains = new Map<string, LiveRoom>();
  now = Date.UTC(2026, 2, 2, 10);
  private made = 0;

  fresh(prefix: string): string {
    return `${prefix}${++this.made}`;
  }

  /** createdAt is cut to whole seconds, as LiveKit does. */
  emit(event: string, fields: object): void {
    const id = `EV_${String(this.events.length).padStart(4, '0')}`;
    this.events.push({ event, ...fields, id, createdAt: String(Math.floor(this.now / 1000)) });
  }

  room(name: string): LiveRoom {
    let room = this.rooms.get(name);
    if (!room) {
      room = { sid: this.fresh('RM_'), name, createdAt: this.now, people: new Map() };
      this.rooms.set(name, room);
      this.emit('room_started', { room: full(room) });
    }
    return room;
  }

  join(room: LiveRoom, identity: string, kind: string): Person {
    const known = room.people.get(identity);
    if (known) this.leave(room, known, 'DUPLICATE_IDENTITY');
    const person = { sid: this.fresh('PA_'), identity, joinedAt: this.now, version: 1, kind, tracks: new Map() };
    room.people.set(identity, person);
    return person;
  }

  joined(room: LiveRoom, person: Person): void {
    person.version++;
    const tracks = [...person.tracks.values()].map(trackInfo);
    this.emit('participant_joined', { room: full(room), participant: { ...info(person), state: 'ACTIVE', tracks } });
  }

  /** Unpublishes first, as LiveKit does. */
  leave(room: LiveRoom, person: Person, disconnectReason: string | undefined, event = 'participant_left'): void {
    for (const track of person.tracks.values()) this.unpublish(room, person, track);
    person.version++;
    this.emit(event, { room: full(room), participant: { ...info(person), state: 'DISCONNECTED', disconnectReason } });
    room.people.delete(person.identity);
  }

  publish(room: LiveRoom, person: Person, source: string, sid = this.fresh('TR_')): void {
    const track = { sid, source, version: this.now * 1000 };
    person.tracks.set(source, track);
    this.emit('track_published', { ...about(room, person), track: trackInfo(track) });
  }

  unpublish(room: LiveRoom, person: Person, track: Published): void {
    person.tracks.delete(track.source);
    this.emit('track_unpublished', { ...about(room, person), track: trackInfo(track) });
  }

  finish(room: LiveRoom, roomEndReason?: string): void {
    this.emit('room_finished', { room: full(room), roomEndReason });
    this.rooms.delete(room.name);
    this.remains.set(room.name, { ...room, people: new Map() });
  }
}

function full({ sid, name, createdAt }: LiveRoom): object {
  const created = { creationTime: String(Math.floor(createdAt / 1000)), creationTimeMs: String(createdAt) };
  return { sid, name, emptyTimeout: 300, departureTimeout: 20, ...created, turnPassword: 'x', metadata: '{"t":1}' };
}

function about({ sid, name }: LiveRoom, person: Person): object {
  return { room: { sid, name }, participant: { sid: person.sid, identity: person.identity } };
}

function info({ sid, identity, joinedAt, version, kind, tracks }: Person): object {
  const joined = { joinedAt: String(Math.floor(joinedAt / 1000)), joinedAtMs: String(joinedAt) };
  return { sid, identity, ...joined, version, ...(kind === 'STANDARD' ? {} : { kind }), isPublisher: tracks.size > 0 };
}

function trackInfo({ sid, source, version }: Published): object {
  const video = source === 'CAMERA' ? { type: 'VIDEO', width: 1280, height: 720 } : {};
  return { sid, source, ...video, version: { unixMicro: String(version) } };
}
