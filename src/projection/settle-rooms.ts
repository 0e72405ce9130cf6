import type { Run } from '../database/transaction.js';
import { leastStart } from './interval.js';
import type { BatchEvents } from './batch-events.js';
import { ownersOf, type Owned, type Owners } from './children.js';
import type { ParticipantRow } from './participant.js';
import { readFamilies, type Family } from './read-rows.js';
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
import { grouped, revised, PendingRows } from './pending-rows.js';

const family: Family<RoomFacts> = {
  table: roomTable,
  by: 'roomName',
  since: ({ createdMs, createdS, firstSeenAt }) => leastStart([createdMs, createdS], firstSeenAt),
  until: `coalesce(r.ended_at, 'infinity'::timestamptz)`,
};

/** Loads what the events' rooms can concern, merges the events in, and settles the rooms of each name. */
export async function settleRooms(
  run: Run,
  events: BatchEvents,
  participants: Owned<ParticipantRow>,
): Promise<PendingRows<RoomRow>> {
  const rooms = new PendingRows<RoomRow>(roomTable);
  await events.mergeInto<RoomFacts, RoomRow>(rooms, {
    evidence: roomEvidence,
    merge: mergeRoom,
    read: async (told) => {
      const [known] = await Promise.all([
        readFamilies<RoomFacts, RoomRow>(run, family, told),
        participants.expect(ownersOf(told.filter(beginsOrEnds))),
      ]);
      return known;
    },
    row: mergedRoom,
  });
  for (const namesakes of grouped(rooms.all(), ({ now }) => nameOf(now)).values()) {
    const members = namesakes.map(({ now }) => now);
    for (const room of namesakes) room.now = revised(room.now, endRoom(room.now, members));
  }
  return rooms;
}

function beginsOrEnds({ starts, finishClock }: RoomFacts): boolean {
  return starts.length > 0 || finishClock !== null;
}

function mergedRoom(facts: RoomFacts, known: RoomRow | undefined): RoomRow {
  const merged = known
    ? (mergeRoom(known, facts) as RoomRow)
    : { participantCount: 0, participantSessionCount: 0, ...facts };
  return revised(merged as RoomRow, startRoom(merged));
}

function nameOf({ roomName, project }: RoomRow): string {
  return `${roomName}\u0000${project}`;
}

/** Rooms whose participants may have to end, or to live again. */
export function cascading(rooms: PendingRows<RoomRow>): Owners {
  const moved: RoomRow[] = [];
  for (const { before, now } of rooms.all()) {
    const cascade = before ? cascadeOf(before) : null;
    if (cascadeOf(now) !== cascade || now.starts.length !== (before?.starts.length ?? 0)) moved.push(now);
  }
  return ownersOf(moved);
}
