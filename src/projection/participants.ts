import { arrayOf } from '../database/array.js';
import { timestampOf } from '../database/milliseconds.js';
import type { Run } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { supersede } from './interval.js';
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
import { gather, grouped, Shelf } from './shelf.js';
import { selectList } from './table.js';

/** Merges the events into the participants that they name. */
export async function mergeParticipants(run: Run, events: readonly LedgerEvent[]): Promise<Shelf<ParticipantRow>> {
  const participants = new Shelf<ParticipantRow>(participantTable);
  const named = events.filter((event) => event.subject !== 'room').map(participantEvidence);
  const told = gather<ParticipantFacts>(participants, named, mergeParticipant);
  participants.load(await readByKey<ParticipantRow>(run, participantTable, told));
  for (const facts of told) {
    const row = participants.get(participants.keyOf(facts));
    const merged = row ? (mergeParticipant(row, facts) as ParticipantRow) : { supersededAt: null, ...facts };
    participants.set({ ...(merged as ParticipantRow), ...startParticipant(merged) });
  }
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
  const members = grouped(participants.rows(), familyOf);
  for (const [family, since] of families) {
    const movable = (members.get(family) ?? []).filter((row) => canMove(participants, row, since));
    for (const member of supersede(movable, (row) => row.sid)) participants.set(member);
  }
  for (const row of participants.rows()) participants.set(settleParticipant(row, rooms.get(homeOf(rooms, row))));
  countInRooms(rooms, participants);
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
  for (const row of participants.rows()) {
    const before = participants.original(row);
    const isSame =
      before?.startedAt === row.startedAt && before.startSource === row.startSource && sameFamily(before, row);
    if (isSame) continue;
    const since = Math.min(row.startedAt, before?.startedAt ?? row.startedAt);
    for (const family of [familyOf(row), before && familyOf(before)]) {
      if (family) moved.set(family, Math.min(since, moved.get(family) ?? since));
    }
  }
  return moved;
}

/** Members superseded before `since` stay as they are, and supersede nobody who can move. */
function canMove(participants: Shelf<ParticipantRow>, row: ParticipantRow, since: number): boolean {
  const before = participants.original(row);
  return !before || !sameFamily(before, row) || (before.supersededAt ?? Infinity) >= since;
}

async function readKin(run: Run, families: Map<string, number>): Promise<ParticipantRow[]> {
  if (families.size === 0) return [];
  const keys = [...families.keys()].map((family) => {
    const [project, , roomSid, identity] = family.split('\u0000');
    return `${roomSid}/${identity}/${project}`;
  });
  const rows = await run<ParticipantRow>({
    name: 'participant kin',
    text: `select ${selectList(participantTable)} from unnest($1::text[], $2::float8[]) k(family, since)
      join participant r on r.room_sid || '/' || r.identity || '/' || r.project = k.family and r.identity <> ''
        and coalesce(r.superseded_at, 'infinity'::timestamptz) >= ${timestampOf('k.since')}`,
    values: [arrayOf('text', keys), arrayOf('float8', [...families.values()])],
  });
  return rows.filter((row) => families.has(familyOf(row)));
}

async function readWithoutOwnEnd(run: Run, rooms: readonly RoomRow[]): Promise<ParticipantRow[]> {
  if (rooms.length === 0) return [];
  const homes = new Set(rooms.map(({ project, roomName, sid }) => [project, roomName, sid].join('\u0000')));
  const rows = await run<ParticipantRow>({
    name: 'participant cascade',
    text: `select ${selectList(participantTable)} from participant r
      where r.room_sid || '/' || r.project = any($1::text[]) and r.told_end_at is null`,
    values: [
      arrayOf(
        'text',
        valuesOf(rooms, ({ sid, project }) => `${sid}/${project}`),
      ),
    ],
  });
  return rows.filter(({ project, roomName, roomSid }) => homes.has([project, roomName, roomSid].join('\u0000')));
}

/** Rooms that are not here, of participants whose events disagree about it. */
function strayHomes(rooms: Shelf<RoomRow>, participants: Shelf<ParticipantRow>): object[] {
  return participants
    .rows()
    .flatMap((row) => [row, participants.original(row) ?? row])
    .filter((row) => rooms.get(homeOf(rooms, row)) === undefined)
    .map(({ project, roomName, roomSid }) => ({ project, roomName, sid: roomSid }));
}

/** Counts are the differences of participant rows, so they are a function of those rows. */
function countInRooms(rooms: Shelf<RoomRow>, participants: Shelf<ParticipantRow>): void {
  for (const row of participants.rows()) {
    const before = participants.original(row);
    if (before) addToRoom(rooms, before, -1);
    addToRoom(rooms, row, 1);
  }
}

function addToRoom(rooms: Shelf<RoomRow>, row: ParticipantRow, sign: 1 | -1): void {
  const room = rooms.get(homeOf(rooms, row));
  if (!room || !row.counted) return;
  rooms.set({
    ...room,
    participantCount: room.participantCount + (row.endedAt === null ? sign : 0),
    participantSessionCount: room.participantSessionCount + sign,
  });
}
