import type { ParticipantInfo, Room } from '@livekit/protocol';
import type { Pool } from 'pg';
import type { Finding, SessionKind } from '../projection/finding.js';
import type { JudgedSession } from '../upkeep/open-sessions.js';
import type { Sighting } from '../upkeep/sightings.js';
import { mapAtMost } from './all-at-most.js';
import { takeCensus, type Census } from './census.js';
import { knownSessions, openSessions, type KnownSession } from './ledger.js';
import { foundPerson, foundRoom, foundTrack, startOf } from './listed.js';
import type { LivekitApi, Pulse } from './livekit-api.js';
import type { Misses } from './misses.js';

/** A dead node's answer takes 3 s. */
const PROBES_AT_ONCE = 64;
const QUIET_ROOM_MS = 60_000;
const QUIET_PERSON_MS = 300_000;
/** The quietest come first. */
const MOST_PROBED_PEOPLE = 5_000;

export interface Judged {
  readonly findings: Finding[];
  readonly sightings: Sighting[];
}

export interface JudgeParts {
  readonly pool: Pool;
  readonly project: string;
  readonly api: LivekitApi;
  readonly misses: Misses;
  /** When the round began, in ms. */
  readonly began: number;
}

/** Compares LiveKit's rooms, people and tracks with the open ones. @throws what kept LiveKit from being asked */
export async function judgeRooms(parts: JudgeParts): Promise<Judged> {
  const { pool, project, api, began } = parts;
  const open = (kind: SessionKind): Promise<JudgedSession[]> => openSessions(pool, project, kind);
  const [rooms, people, tracks] = [await open('ROOM'), await open('PARTICIPANT'), await open('TRACK')];
  const census = await takeCensus(
    api,
    rooms.map(({ session }) => session.roomName!),
    began,
  );
  return new RoomsJudge(parts, census, { rooms, people, tracks }).judge();
}

interface Open {
  readonly rooms: readonly JudgedSession[];
  readonly people: readonly JudgedSession[];
  readonly tracks: readonly JudgedSession[];
}

class RoomsJudge {
  private readonly judged: Judged = { findings: [], sightings: [] };
  private readonly listedPeople = new Map<string, ParticipantInfo>();
  private readonly pulses = new Map<string, Pulse>();
  private readonly openPeople = new Map<string, JudgedSession>();
  private readonly tracksOf = new Map<string, JudgedSession[]>();

  constructor(
    private readonly parts: JudgeParts,
    private readonly census: Census,
    private readonly open: Open,
  ) {
    for (const list of census.people.values()) for (const person of list) this.listedPeople.set(person.sid, person);
    for (const person of open.people) this.openPeople.set(person.session.participantSid!, person);
    for (const track of open.tracks) {
      const { participantSid } = track.session;
      this.tracksOf.set(participantSid!, [...(this.tracksOf.get(participantSid!) ?? []), track]);
    }
  }

  async judge(): Promise<Judged> {
    const known = await this.known('ROOM', [...this.census.rooms.keys()]);
    await this.probeRooms(known);
    const gone = new Set(this.open.rooms.filter((room) => this.judgeRoom(room)).map(({ session }) => session.roomSid!));
    for (const [sid, room] of this.census.rooms) this.findRoom(room, known.get(sid));
    await this.judgePeople(gone);
    await this.findPeople();
    return this.judged;
  }

  /** Rooms whose list and tables disagree, and quiet ones. A name answers for the sid that is listed under it. */
  private async probeRooms(known: ReadonlyMap<string, KnownSession>): Promise<void> {
    const names = new Set<string>();
    for (const { session, lastSeenAt } of this.open.rooms) {
      const quiet = lastSeenAt < this.parts.began - QUIET_ROOM_MS;
      if (this.isListed(session.roomSid!) ? quiet : !this.census.sidOf.has(session.roomName!))
        names.add(session.roomName!);
    }
    const open = new Set(this.open.rooms.map(({ session }) => session.roomSid));
    for (const { sid, name } of this.census.rooms.values()) {
      if (!open.has(sid) && known.get(sid)?.endSource !== 'REPORTED') names.add(name);
    }
    const asked = [...names];
    const pulses = await mapAtMost(PROBES_AT_ONCE, asked, (name) => this.parts.api.probeRoom(name));
    asked.forEach((name, at) => this.pulses.set(name, pulses[at]!));
  }

  /** @returns whether its people are without a node too */
  private judgeRoom(room: JudgedSession): boolean {
    const { roomSid, roomName } = room.session;
    const pulse = this.pulses.get(roomName!);
    if (this.isListed(roomSid!)) {
      if (pulse === 'live' && this.census.sidOf.get(roomName!) === roomSid) this.see(room);
      return pulse === 'dead' && this.miss(room);
    }
    if (this.hasListedPeople(room)) return false;
    // Another sid has the name: a probe would answer for that one.
    const lacking = this.census.sidOf.has(roomName!) || pulse === 'dead';
    return lacking && this.miss(room);
  }

  private isListed(roomSid: string): boolean {
    return this.census.rooms.has(roomSid);
  }

  private hasListedPeople({ session }: JudgedSession): boolean {
    const listed = this.census.people.get(session.roomName!) ?? [];
    return listed.some(({ sid }) => this.openPeople.get(sid)?.session.roomSid === session.roomSid);
  }

  private findRoom(room: Room, known: KnownSession | undefined): void {
    if (this.pulses.get(room.name) !== 'live' || this.census.sidOf.get(room.name) !== room.sid) return;
    if (startOf(room.creationTimeMs, room.creationTime) > this.parts.began - SETTLED_MS) return;
    if (known === undefined) this.judged.findings.push(foundRoom(this.parts.project, room));
    else this.restore(known);
  }

  private async judgePeople(gone: ReadonlySet<string>): Promise<void> {
    const asked: JudgedSession[] = [];
    for (const person of this.open.people) {
      const { participantSid, participantIdentity, roomSid, roomName } = person.session;
      const listed = this.census.people.get(roomName!);
      if (gone.has(roomSid!)) this.miss(person);
      else if (listed === undefined) continue;
      else if (this.listedPeople.has(participantSid!)) asked.push(person);
      else if (listed.some(({ identity }) => identity === participantIdentity)) this.miss(person);
      else asked.push(person);
    }
    const quiet = asked.filter((person) => !this.isFresh(person)).sort((a, b) => a.lastSeenAt - b.lastSeenAt);
    const probed = quiet.slice(0, MOST_PROBED_PEOPLE);
    const pulses = await mapAtMost(PROBES_AT_ONCE, probed, ({ session }) =>
      this.parts.api.probePerson(session.roomName!, session.participantIdentity!),
    );
    probed.forEach((person, at) => this.judgePerson(person, pulses[at]!));
    for (const person of asked) if (this.isFresh(person)) this.judgeTracks(person, null);
  }

  private isFresh({ session, lastSeenAt }: JudgedSession): boolean {
    return this.listedPeople.has(session.participantSid!) && lastSeenAt >= this.parts.began - QUIET_PERSON_MS;
  }

  private judgePerson(person: JudgedSession, pulse: Pulse): void {
    const listed = this.listedPeople.has(person.session.participantSid!);
    if (pulse === 'dead') this.miss(person);
    if (pulse !== 'live' || !listed) return;
    this.see(person);
    this.judgeTracks(person, this.parts.began);
  }

  /** @param seenAt null where the person was not asked just now */
  private judgeTracks({ session }: JudgedSession, seenAt: number | null): void {
    const listed = new Set(this.listedPeople.get(session.participantSid!)!.tracks.map(({ sid }) => sid));
    for (const track of this.tracksOf.get(session.participantSid!) ?? []) {
      if (!listed.has(track.session.trackSid!)) this.miss(track);
      else if (seenAt !== null) this.see(track);
    }
  }

  /** People and tracks that the tables lack, of rooms whose sid was the same before and after. */
  private async findPeople(): Promise<void> {
    const candidates = [...this.census.rooms.values()].flatMap((room) => {
      if (this.census.sidOf.get(room.name) !== room.sid || this.pulses.get(room.name) === 'dead') return [];
      return (this.census.people.get(room.name) ?? []).map((person) => ({ room, person }));
    });
    const missing = candidates.filter(({ person }) => this.isMissing(person));
    const known = await this.known(
      'PARTICIPANT',
      missing.map(({ person }) => person.sid),
    );
    const alive = await mapAtMost(PROBES_AT_ONCE, missing, async ({ room, person }) => {
      const { endSource } = known.get(person.sid) ?? { endSource: null };
      if (endSource === 'REPORTED' || endSource === 'OPERATOR') return 'dead';
      return this.parts.api.probePerson(room.name, person.identity);
    });
    missing.forEach(({ room, person }, at) => {
      if (alive[at] !== 'live') return;
      const before = known.get(person.sid);
      if (before) this.restore(before);
      else this.judged.findings.push(foundPerson(this.parts.project, room, person));
    });
    await this.findTracks();
  }

  private isMissing({ state, sid, joinedAt, joinedAtMs }: ParticipantInfo): boolean {
    const settled = startOf(joinedAtMs, joinedAt) <= this.parts.began - SETTLED_MS;
    return state === ACTIVE && settled && !this.openPeople.has(sid);
  }

  private async findTracks(): Promise<void> {
    const open = new Set(this.open.tracks.map(({ session }) => session.trackSid));
    const found = this.open.people.flatMap(({ session }) => {
      const listed = this.listedPeople.get(session.participantSid!)?.tracks ?? [];
      return listed.filter(({ sid }) => !open.has(sid)).map((track) => ({ session, track }));
    });
    const known = await this.known(
      'TRACK',
      found.map(({ track }) => track.sid),
    );
    for (const { session, track } of found) {
      const published = Number((track.version?.unixMicro ?? 0n) / 1000n);
      if (known.has(track.sid) || published > this.parts.began - SETTLED_MS) continue;
      this.judged.findings.push(foundTrack(session, track, this.parts.began));
    }
  }

  private known(kind: SessionKind, ids: string[]): Promise<Map<string, KnownSession>> {
    const { pool, project } = this.parts;
    return knownSessions(pool, { project, kind, ids });
  }

  private miss(judged: JudgedSession): boolean {
    const finding = this.parts.misses.miss(judged);
    if (finding) this.judged.findings.push(finding);
    return true;
  }

  private see({ session }: JudgedSession): void {
    this.judged.sightings.push({ session, seenAt: this.parts.began });
  }

  /** Ends that others imply follow from the sighting alone. */
  private restore(known: KnownSession): void {
    if (known.endSource !== 'RECONCILED' && known.endSource !== 'EXPIRED') return;
    this.judged.findings.push({ ...known, conclusion: { name: 'restored', seenAt: this.parts.began } });
  }
}

/** ParticipantInfo_State */
const ACTIVE = 2;
/** What began later has its webhook under way. */
const SETTLED_MS = 2_000;
