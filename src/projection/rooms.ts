import type { Run } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { readFamilies } from './read.js';
import {
  cascadeOf,
  endRoom,
  mergeRoom,
  roomEvidence,
  roomTable,
  startRoom,
  type RoomFacts,
  type RoomRow,
} from './room.js';
import { gather, grouped, Shelf } from './shelf.js';

/** Loads what the events' rooms can concern, merges the events in, and settles the rooms of each name. */
export async function settleRooms(run: Run, events: readonly LedgerEvent[]): Promise<Shelf<RoomRow>> {
  const rooms = new Shelf<RoomRow>(roomTable);
  const told = gather<RoomFacts>(rooms, events.map(roomEvidence), mergeRoom);
  const touched = told.map((facts) => ({ row: facts, since: earliest(facts) }));
  const until = `coalesce(r.ended_at, 'infinity'::timestamptz)`;
  rooms.load(await readFamilies<RoomRow>(run, { table: roomTable, by: 'roomName', until }, touched));
  for (const facts of told) rooms.set(mergedRoom(rooms.get(rooms.keyOf(facts)), facts));
  for (const family of grouped(rooms.rows(), nameOf).values()) {
    for (const room of family) rooms.set({ ...room, ...endRoom(room, family) });
  }
  return rooms;
}

/** No start of the room can lie before this. */
function earliest({ createdMs, createdS, firstSeenAt }: RoomFacts): number {
  return Math.min(createdMs ?? firstSeenAt, createdS ?? firstSeenAt, firstSeenAt);
}

function mergedRoom(row: RoomRow | undefined, facts: RoomFacts): RoomRow {
  const merged = row
    ? (mergeRoom(row, facts) as RoomRow)
    : { participantCount: 0, participantSessionCount: 0, ...facts };
  return { ...(merged as RoomRow), ...startRoom(merged) };
}

function nameOf({ roomName, project }: RoomRow): string {
  return `${roomName}\u0000${project}`;
}

/** Rooms whose participants may have to end, or to live again. */
export function cascading(rooms: Shelf<RoomRow>): RoomRow[] {
  return rooms.rows().filter((room) => {
    const before = rooms.original(room);
    const cascade = before ? cascadeOf(before) : null;
    return cascadeOf(room) !== cascade || room.starts.length !== (before?.starts.length ?? 0);
  });
}
