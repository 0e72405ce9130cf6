import { UnnestedRows } from '../database/unnested-rows.js';
import type { Run } from '../database/transaction.js';
import { leastStart, supersede } from './interval.js';
import type { News } from './batch-events.js';
import { Owned, ownerKey, ownersOf, partsOf, withoutOwnEnd, type Owners } from './children.js';
import { participantEvidence } from './participant-evidence.js';
import {
  mergeParticipant,
  participantTable,
  settleParticipant,
  startParticipant,
  type ParticipantFacts,
  type ParticipantRow,
} from './participant.js';
import { readByKey } from './read-rows.js';
import { roomTable, type RoomRow } from './room.js';
import { cascading } from './settle-rooms.js';
import { grouped, revised, Shelf, type Kept } from './pending-rows.js';
import { selectList } from './table.js';
import type { TrackRow } from './track.js';

export interface OwnedParticipants {
  /** By room and identity: sessions that can supersede each other. */
  readonly kin: Owned<ParticipantRow>;
  /** By room: those that told no end. */
  readonly unended: Owned<ParticipantRow>;
}

export function ownedParticipants(run: Run): OwnedParticipants {
  return { kin: new Owned((families) => readKin(run, families), familyOf), unended: withoutOwnEnd(run, inRoom) };
}

const inRoom = { table: participantTable, by: 'roomSid' };

/** Merges the events into the participants that they name. */
export async function mergeParticipants(
  run: Run,
  news: News,
  { kin, tracks }: { kin: Owned<ParticipantRow>; tracks: Owned<TrackRow> },
): Promise<Shelf<ParticipantRow>> {
  const participants = new Shelf<ParticipantRow>(participantTable);
  await news.tell<ParticipantFacts, ParticipantRow>(participants, {
    evidence: participantEvidence,
    merge: mergeParticipant,
    read: async (told) => {
      const [known] = await Promise.all([
        readByKey<ParticipantRow>(run, participantTable, told),
        kin.expect(comers(told)),
        tracks.expect(leavers(told)),
      ]);
      return known;
    },
    row: (facts, known) => {
      const merged = known ? mergeParticipant(known, facts) : { supersededAt: null, ...facts };
      return revised(merged as ParticipantRow, startParticipant(merged));
    },
  });
  return participants;
}

/** The families of those who join: they are new there. */
function comers(told: readonly ParticipantFacts[]): Owners {
  const families = new Map<string, number>();
  for (const facts of told.filter(({ joined }) => joined)) {
    addFamily(families, facts, leastStart([facts.joinedMs, facts.joinedS], facts.firstSeenAt));
  }
  return families;
}

function leavers(told: readonly ParticipantFacts[]): Owners {
  return ownersOf(
    told.filter(({ leftClock, migratedClock, abortedClock }) => leftClock ?? migratedClock ?? abortedClock),
  );
}

/**
 * Ends, or revives, every participant that the events or their rooms concern: the touched ones, their
 * identities' others, and those of rooms whose end or starts changed.
 */
export async function settleParticipants(
  run: Run,
  { rooms, participants }: { rooms: Shelf<RoomRow>; participants: Shelf<ParticipantRow> },
  { kin, unended }: OwnedParticipants,
): Promise<void> {
  const families = movedFamilies(participants);
  const [relatives, cascaded, homes] = await Promise.all([
    kin.of(families),
    unended.of(cascading(rooms)),
    readByKey<RoomRow>(run, roomTable, strayHomes(rooms, participants)),
  ]);
  participants.load(relatives);
  participants.load(cascaded);
  rooms.load(homes);
  supersedeFamilies(participants, families);
  for (const participant of participants.all()) {
    const room = rooms.get(homeOf(rooms, participant.now));
    participant.now = revised(participant.now, settleParticipant(participant.now, room?.now));
    count(rooms, room, participant);
  }
}

function supersedeFamilies(participants: Shelf<ParticipantRow>, families: Owners): void {
  if (families.size === 0) return;
  const members = grouped(participants.all(), ({ now }) => familyOf(now));
  for (const [family, since] of families) {
    const movable = (members.get(family) ?? []).filter((member) => canMove(member, since)).map(({ now }) => now);
    for (const member of supersede(movable, (row) => row.sid)) participants.set(member);
  }
}

function homeOf(rooms: Shelf<RoomRow>, { project, roomName, roomSid }: ParticipantRow): string {
  return rooms.keyOf({ project, roomName, sid: roomSid });
}

/** An identity in a room; none where the identity is empty, which supersedes nothing. */
function familyOf({ project, roomName, roomSid, identity }: ParticipantFacts): string {
  return identity === '' ? '' : ownerKey(project, roomName, roomSid, identity);
}

function addFamily(families: Map<string, number>, participant: ParticipantFacts, since: number): void {
  const family = familyOf(participant);
  if (family) families.set(family, Math.min(since, families.get(family) ?? since));
}

/** Of one participant's row then and now. */
function sameFamily(before: ParticipantRow, now: ParticipantRow): boolean {
  return before.roomSid === now.roomSid && before.identity === now.identity;
}

/** The families whose order changed, each with the earliest start that did. */
function movedFamilies(participants: Shelf<ParticipantRow>): Owners {
  const moved = new Map<string, number>();
  for (const { before, now } of participants.all()) {
    const isSame =
      before?.startedAt === now.startedAt && before.startSource === now.startSource && sameFamily(before, now);
    if (isSame) continue;
    const since = Math.min(now.startedAt, before?.startedAt ?? now.startedAt);
    addFamily(moved, now, since);
    if (before) addFamily(moved, before, since);
  }
  return moved;
}

/** Members superseded before `since` stay as they are, and supersede nobody who can move. */
function canMove({ before, now }: Kept<ParticipantRow>, since: number): boolean {
  return !before || !sameFamily(before, now) || (before.supersededAt ?? Infinity) >= since;
}

function readKin(run: Run, families: Owners): Promise<ParticipantRow[]> {
  return run<ParticipantRow>({ name: 'participant kin', text: kinQuery, values: wantedFamilies.values([...families]) });
}

const wantedFamilies = new UnnestedRows<[family: string, since: number]>([
  ['family', 'text', ([family]) => indexedFamily(family)],
  ['since', 'timestamptz', ([, since]) => since],
]);
const kinQuery = `select ${selectList(participantTable)} from ${wantedFamilies.sql} k
  join participant r on r.room_sid || '/' || r.identity || '/' || r.project = k.family and r.identity <> ''
    and coalesce(r.superseded_at, 'infinity'::timestamptz) >= k.since`;

/** As the index has it. */
function indexedFamily(family: string): string {
  const [project, , roomSid, identity] = partsOf(family);
  return `${roomSid}/${identity}/${project}`;
}

/** Rooms that are not here, of participants whose events disagree about it. */
function strayHomes(rooms: Shelf<RoomRow>, participants: Shelf<ParticipantRow>): object[] {
  const stray: object[] = [];
  for (const { before, now } of participants.all()) {
    for (const row of before && before.roomSid !== now.roomSid ? [before, now] : [now]) {
      if (rooms.get(homeOf(rooms, row))) continue;
      stray.push({ project: row.project, roomName: row.roomName, sid: row.roomSid });
    }
  }
  return stray;
}

/** Counts are the differences of participant rows, so they are a function of those rows. */
function count(rooms: Shelf<RoomRow>, room: Kept<RoomRow> | undefined, { before, now }: Kept<ParticipantRow>): void {
  const stayed = before?.roomSid === now.roomSid ? before : undefined;
  if (before && !stayed) addToRoom(rooms.get(homeOf(rooms, before)), -present(before), -counted(before));
  addToRoom(room, present(now) - present(stayed), counted(now) - counted(stayed));
}

function addToRoom(room: Kept<RoomRow> | undefined, participants: number, sessions: number): void {
  if (!room) return;
  room.now = revised(room.now, {
    participantCount: room.now.participantCount + participants,
    participantSessionCount: room.now.participantSessionCount + sessions,
  });
}

function present(row: ParticipantRow | undefined): number {
  return row?.counted && row.endedAt === null ? 1 : 0;
}

function counted(row: ParticipantRow | undefined): number {
  return row?.counted ? 1 : 0;
}
