import type { Room } from '@livekit/protocol';
import type { JudgedSession } from '../upkeep/open-sessions.js';
import { mapAtMost } from './all-at-most.js';
import { takeCensus, type Census } from './census.js';
import { type JudgedRooms, PeopleJudge } from './judge-people.js';
import { Judgement, type JudgeParts, PROBES_AT_ONCE, SETTLED_MS } from './judgement.js';
import { openRows, type KnownSession, type Open } from './open-rows.js';
import { foundRoom, startOf } from './listed.js';
import type { Pulse } from './livekit-api.js';

const QUIET_MS = 30_000;

/** Compares LiveKit's rooms, people and tracks with the open ones. @throws what kept LiveKit from being asked */
export async function judgeRooms(parts: JudgeParts): Promise<Judgement> {
  const { pool, project, api, began } = parts;
  const open = await openRows(pool, project);
  const names = open.rooms.map(({ session }) => session.roomName!);
  const census = await takeCensus(api, names, began);
  const judgement = new Judgement(parts);
  const judged = await new RoomsJudge(judgement, census, open).judge();
  await new PeopleJudge(judgement, census, open).judge(judged);
  return judgement;
}

class RoomsJudge {
  private readonly pulses = new Map<string, Pulse>();
  private readonly roomOf: ReadonlyMap<string, string>;

  constructor(
    private readonly judgement: Judgement,
    private readonly census: Census,
    private readonly open: Open,
  ) {
    this.roomOf = new Map(open.people.map(({ session }) => [session.participantSid!, session.roomSid!]));
  }

  async judge(): Promise<JudgedRooms> {
    const listed = [...this.census.rooms.values()];
    const known = await this.judgement.known(
      'ROOM',
      listed.map(({ sid }) => sid),
    );
    await this.probe(known);
    const gone = this.open.rooms.filter((room) => this.isGone(room));
    for (const room of gone) this.judgement.miss(room);
    for (const room of listed) this.find(room, known.get(room.sid));
    const closed = listed.filter(({ sid, name }) => this.pulses.get(name) === 'dead' || isOver(known.get(sid)));
    return {
      gone: new Set(gone.map(({ session }) => session.roomSid!)),
      closed: new Set(closed.map(({ sid }) => sid)),
    };
  }

  /** Rooms whose list and tables disagree, and quiet ones. A name answers for the sid that is listed under it. */
  private async probe(known: ReadonlyMap<string, KnownSession>): Promise<void> {
    const { api, misses } = this.judgement.parts;
    const names = new Set(
      this.open.rooms.filter((room) => this.isDoubtful(room)).map(({ session }) => session.roomName!),
    );
    const open = new Set(this.open.rooms.map(({ session }) => session.roomSid));
    const others = [...this.census.rooms.values()].filter(({ sid }) => !open.has(sid) && !isOver(known.get(sid)));
    for (const { sid, name } of others) {
      if (misses.isGhost(sid)) this.pulses.set(name, 'dead');
      else names.add(name);
    }
    const asked = [...names];
    const pulses = await mapAtMost(PROBES_AT_ONCE, asked, (name) => api.probeRoom(name));
    asked.forEach((name, at) => this.pulses.set(name, pulses[at]!));
    for (const { sid, name } of this.census.rooms.values()) {
      if (names.has(name) && this.pulses.get(name) === 'dead') misses.noteGhost(sid);
    }
  }

  private isDoubtful({ session, lastSeenAt }: JudgedSession): boolean {
    const { roomSid, roomName } = session;
    if (!this.census.sids.has(roomSid!)) return !this.census.sidOf.has(roomName!);
    return lastSeenAt < this.census.began - QUIET_MS || this.census.people.get(roomName!) === null;
  }

  private isGone({ session }: JudgedSession): boolean {
    const { roomSid, roomName } = session;
    const pulse = this.pulses.get(roomName!);
    if (this.census.sids.has(roomSid!)) {
      if (pulse === 'live' && this.census.sidOf.get(roomName!) === roomSid) this.judgement.see(session);
      return pulse === 'dead';
    }
    if (this.census.people.get(roomName!)?.some(({ sid }) => this.roomOf.get(sid) === roomSid)) return false;
    // Another sid has the name: a probe would answer for that one.
    return this.census.sidOf.has(roomName!) || pulse === 'dead';
  }

  private find(room: Room, known: KnownSession | undefined): void {
    const { project, began } = this.judgement.parts;
    if (this.pulses.get(room.name) !== 'live' || this.census.sidOf.get(room.name) !== room.sid) return;
    if (startOf(room.creationTimeMs, room.creationTime) > began - SETTLED_MS) return;
    if (known === undefined) this.judgement.find(foundRoom(project, room));
    else this.judgement.restore(known);
  }
}

function isOver(known: KnownSession | undefined): boolean {
  return known?.endSource === 'REPORTED';
}
