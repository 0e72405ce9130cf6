import type { ParticipantInfo, Room } from '@livekit/protocol';
import type { SessionRef } from '../projection/finding.js';
import type { JudgedSession } from '../upkeep/open-sessions.js';
import { mapAtMost } from './all-at-most.js';
import type { Census } from './census.js';
import { type Judgement, PROBES_AT_ONCE, SETTLED_MS } from './judgement.js';
import type { KnownSession, Open } from './open-rows.js';
import { foundPerson, foundTrack, publishedAt, startOf } from './listed.js';
import type { Pulse } from './livekit-api.js';

const QUIET_MS = 300_000;
/** In a round, each of those that are open and that are not; the quietest come first. */
const MOST_PROBED = 5_000;
const ACTIVE = 2;

export interface JudgedRooms {
  readonly gone: ReadonlySet<string>;
  /** Listed ones that no node hosts, or that were told to be over. */
  readonly closed: ReadonlySet<string>;
}

interface Unknown {
  readonly room: Room;
  readonly person: ParticipantInfo;
}

export class PeopleJudge {
  private readonly listed: ReadonlyMap<string, ParticipantInfo>;
  private readonly tracksOf = new Map<string, JudgedSession[]>();
  private readonly seen = new Set<string>();
  /** Who is in, though not open in the tables. */
  private readonly returned: SessionRef[] = [];

  constructor(
    private readonly judgement: Judgement,
    private readonly census: Census,
    private readonly open: Open,
  ) {
    const people = [...census.people.values()].flatMap((list) => list ?? []);
    this.listed = new Map(people.map((person) => [person.sid, person]));
    for (const track of open.tracks) {
      const sid = track.session.participantSid!;
      const tracks = this.tracksOf.get(sid);
      if (tracks) tracks.push(track);
      else this.tracksOf.set(sid, [track]);
    }
  }

  async judge({ gone, closed }: JudgedRooms): Promise<void> {
    await this.judgeOpen(gone);
    await this.findPeople(closed);
    await this.findTracks();
  }

  private async judgeOpen(gone: ReadonlySet<string>): Promise<void> {
    const asked: JudgedSession[] = [];
    for (const person of this.open.people) {
      const { participantSid, participantIdentity, roomSid, roomName } = person.session;
      const listed = this.census.people.get(roomName!);
      if (gone.has(roomSid!)) this.lose(person);
      else if (!listed) continue;
      else if (this.isFresh(person)) this.judgeTracks(participantSid!);
      else if (this.listed.has(participantSid!)) asked.push(person);
      // The identity is somebody else's: a probe would answer for that one.
      else if (listed.some(({ identity }) => identity === participantIdentity)) this.lose(person);
      else asked.push(person);
    }
    const probed = asked.sort((a, b) => a.lastSeenAt - b.lastSeenAt).slice(0, MOST_PROBED);
    const pulses = await mapAtMost(PROBES_AT_ONCE, probed, ({ session }) =>
      this.judgement.parts.api.probePerson(session.roomName!, session.participantIdentity!),
    );
    probed.forEach((person, at) => this.judgePerson(person, pulses[at]!));
  }

  private isFresh({ session, lastSeenAt }: JudgedSession): boolean {
    return this.listed.has(session.participantSid!) && lastSeenAt >= this.census.began - QUIET_MS;
  }

  private judgePerson(person: JudgedSession, pulse: Pulse): void {
    const sid = person.session.participantSid!;
    if (pulse === 'dead') {
      this.judgement.parts.misses.noteGhost(sid);
      this.lose(person);
    }
    if (pulse !== 'live' || !this.listed.has(sid)) return;
    this.judgement.see(person.session);
    this.seen.add(sid);
    this.judgeTracks(sid);
  }

  /** Its tracks too: an end that they only took from it would not say how uncertain it is. */
  private lose(person: JudgedSession): void {
    this.judgement.miss(person);
    for (const track of this.tracksOf.get(person.session.participantSid!) ?? []) this.judgement.miss(track);
  }

  private judgeTracks(participantSid: string): void {
    const listed = new Set(this.listed.get(participantSid)!.tracks.map(({ sid }) => sid));
    for (const track of this.tracksOf.get(participantSid) ?? []) {
      if (!listed.has(track.session.trackSid!)) this.judgement.miss(track);
      else if (this.seen.has(participantSid)) this.judgement.see(track.session);
    }
  }

  /** People who are listed and not open, in rooms whose sid was the same before and after. */
  private async findPeople(closed: ReadonlySet<string>): Promise<void> {
    const { parts } = this.judgement;
    const unknown = this.unknownPeople(closed);
    const known = await this.judgement.known(
      'PARTICIPANT',
      unknown.map(({ person }) => person.sid),
    );
    const asked = unknown.filter(({ person }) => mayBeThere(known.get(person.sid))).slice(0, MOST_PROBED);
    const pulses = await mapAtMost(PROBES_AT_ONCE, asked, ({ room, person }) =>
      parts.api.probePerson(room.name, person.identity),
    );
    asked.forEach(({ room, person }, at) => {
      const before = known.get(person.sid);
      if (pulses[at] === 'dead') parts.misses.noteGhost(person.sid);
      if (pulses[at] !== 'live') return;
      const finding = foundPerson(parts.project, room, person);
      if (before) this.judgement.restore(before);
      else this.judgement.find(finding);
      this.seen.add(person.sid);
      this.returned.push(finding.session);
    });
  }

  private unknownPeople(closed: ReadonlySet<string>): Unknown[] {
    const { misses, began } = this.judgement.parts;
    const open = new Set(this.open.people.map(({ session }) => session.participantSid));
    const rooms = [...this.census.rooms.values()].filter(
      ({ sid, name }) => this.census.sidOf.get(name) === sid && !closed.has(sid),
    );
    const people = rooms.flatMap((room) =>
      (this.census.people.get(room.name) ?? []).map((person) => ({ room, person })),
    );
    return people.filter(({ person: { state, sid, joinedAt, joinedAtMs } }) => {
      const settled = startOf(joinedAtMs, joinedAt) <= began - SETTLED_MS;
      return state === ACTIVE && settled && !open.has(sid) && !misses.isGhost(sid);
    });
  }

  private async findTracks(): Promise<void> {
    const { began } = this.judgement.parts;
    const open = new Set(this.open.tracks.map(({ session }) => session.trackSid));
    const people = [...this.open.people.map(({ session }) => session), ...this.returned];
    const found = people.flatMap((session) => {
      const listed = this.listed.get(session.participantSid!)?.tracks ?? [];
      return listed.filter(({ sid }) => !open.has(sid)).map((track) => ({ session, track }));
    });
    const known = await this.judgement.known(
      'TRACK',
      found.map(({ track }) => track.sid),
    );
    for (const { session, track } of found) {
      const before = known.get(track.sid);
      const isSeen = this.seen.has(session.participantSid!);
      if (before && isSeen) this.judgement.restore(before);
      if (before || publishedAt(track) > began - SETTLED_MS) continue;
      const finding = foundTrack(session, track, began);
      if (isSeen) this.judgement.find(finding);
      else this.judgement.findings.push(finding);
    }
  }
}

/** Somebody with a newer connection would answer for one that was superseded. */
function mayBeThere(known: KnownSession | undefined): boolean {
  const end = known?.endSource ?? null;
  return known === undefined || end === 'RECONCILED' || end === 'EXPIRED' || end === 'CASCADED';
}
