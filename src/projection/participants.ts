import { arrayOf } from '../database/array.js';
import { timestampOf } from '../database/milliseconds.js';
import type { Run } from '../database/transaction.js';
import { supersede } from './interval.js';
import type { News } from './news.js';
import { participantEvidence } from './participant-evidence.js';
import {
  mergeParticipant,
  participantTable,
  settleParticipant,
  startParticipant,
  type ParticipantFacts,
  type ParticipantRow,
} from './participant.js';
import { readByKey, valuesOf } from './read.js';
import { roomTable, type RoomRow } from './room.js';
import { cascading } from './rooms.js';
import { grouped, revised, Shelf, type Kept } from './shelf.js';
import { selectList } from './table.js';

/** Merges the events into the participants that they name. */
export async function mergeParticipants(run: Run, news: News): Promise<Shelf<ParticipantRow>> {
  const participants = new Shelf<ParticipantRow>(participantTable);
  await news.tell<ParticipantFacts, ParticipantRow>(participants, {
    evidence: participantEvidence,
    merge: mergeParticipant,
    read: (wanted) => readByKey<ParticipantRow>(run, participantTable, wanted),
    row: (facts, known) => {
      const merged = known ? mergeParticipant(known, facts) : { supersededAt: null, ...facts };
      return revised(merged as ParticipantRow, startParticipant(merged));
    },
  });
  return participants;
}

/**
 * Ends, or revives, every participant that the events or their rooms concern: the touched ones, their
 * identities' others, and those of rooms whose end or starts changed.
 */
export async function settleParticipants(
  run: Run,
  rooms: Shelf<RoomRow>,
  participants: Shelf<ParticipantRow>,
): Promise<void> {
  const families = movedFamilies(participants);
  const [kin, cascaded, homes] = await Promise.all([
    readKin(run, families),
    readWithoutOwnEnd(run, cascading(rooms)),
    readByKey<RoomRow>(run, roomTable, strayHomes(rooms, participants)),
  ]);
  participants.load(kin);
  participants.load(cascaded);
  rooms.load(homes);
  supersedeFamilies(participants, families);
  for (const participant of participants.all()) {
    const room = rooms.get(homeOf(rooms, participant.now));
    participant.now = revised(participant.now, settleParticipant(participant.now, room?.now));
    count(rooms, room, participant);
  }
}

function supersedeFamilies(participants: Shelf<ParticipantRow>, families: Map<string, number>): void {
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
function familyOf({ project, roomName, roomSid, identity }: ParticipantRow): string {
  return identity === '' ? '' : `${project}\u0000${roomName}\u0000${roomSid}\u0000${identity}`;
}

/** Of one participant's row then and now. */
function sameFamily(before: ParticipantRow, now: ParticipantRow): boolean {
  return before.roomSid === now.roomSid && before.identity === now.identity;
}

/** The families whose order changed, each with the earliest start that did. */
function movedFamilies(participants: Shelf<ParticipantRow>): Map<string, number> {
  const moved = new Map<string, number>();
  for (const { before, now } of participants.all()) {
    const isSame =
      before?.startedAt === now.startedAt && before.startSource === now.startSource && sameFamily(before, now);
    if (isSame) continue;
    const since = Math.min(now.startedAt, before?.startedAt ?? now.startedAt);
    for (const family of [familyOf(now), before && familyOf(before)]) {
      if (family) moved.set(family, Math.min(since, moved.get(family) ?? since));
    }
  }
  return moved;
}

/** Members superseded before `since` stay as they are, and supersede nobody who can move. */
function canMove({ before, now }: Kept<ParticipantRow>, since: number): boolean {
  return !before || !sameFamily(before, now) || (before.supersededAt ?? Infinity) >= since;
}

async function readKin(run: Run, families: Map<string, number>): Promise<ParticipantRow[]> {
  if (families.size === 0) return [];
  const keys = [...families.keys()].map((family) => {
    const [project, , roomSid, identity] = family.split('\u0000');
    return `${roomSid}/${identity}/${project}`;
  });
  const values = [arrayOf('text', keys), arrayOf('float8', [...families.values()])];
  const rows = await run<ParticipantRow>({ name: 'participant kin', text: kinQuery, values });
  return rows.filter((row) => families.has(familyOf(row)));
}

const kinQuery = `select ${selectList(participantTable)} from unnest($1::text[], $2::float8[]) k(family, since)
  join participant r on r.room_sid || '/' || r.identity || '/' || r.project = k.family and r.identity <> ''
    and coalesce(r.superseded_at, 'infinity'::timestamptz) >= ${timestampOf('k.since')}`;

async function readWithoutOwnEnd(run: Run, rooms: readonly RoomRow[]): Promise<ParticipantRow[]> {
  if (rooms.length === 0) return [];
  const homes = new Set(rooms.map(({ project, roomName, sid }) => [project, roomName, sid].join('\u0000')));
  const values = [valuesOf(rooms, ({ sid, project }) => `${sid}/${project}`)];
  const rows = await run<ParticipantRow>({ name: 'participant cascade', text: cascadeQuery, values });
  return rows.filter(({ project, roomName, roomSid }) => homes.has([project, roomName, roomSid].join('\u0000')));
}

const cascadeQuery = `select ${selectList(participantTable)} from participant r
  where r.room_sid || '/' || r.project = any($1::text[]) and r.told_end_at is null`;

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
