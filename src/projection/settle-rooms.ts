import type { Run } from '../database/transaction.js';
import { earliestStart } from './session-interval.js';
import type { BatchEvents } from './batch-events.js';
import { parentKeys, type ChildRows, type ParentKeys } from './child-rows.js';
import type { ParticipantRow } from './participant.js';
import { readSiblings, type Siblings } from './read-rows.js';
import {
  cascadedEnd,
  endRoom,
  mergeRoom,
  roomEvidence,
  roomTable,
  startRoom,
  type RoomFacts,
  type RoomRow,
} from './room.js';
import { grouped, revised, PendingRows } from './pending-rows.js';

const namesakes: Siblings<RoomFacts> = {
  table: roomTable,
  by: 'roomName',
  since: (facts) => earliestStart([facts.createdMs, facts.createdS], facts),
  // A time limit's end gives way to any other, also a later one.
  until: `coalesce(case when r.end_source <> 'EXPIRED' then r.ended_at end, 'infinity'::timestamptz)`,
};

export async function settleRooms(
  run: Run,
  events: BatchEvents,
  participants: ChildRows<ParticipantRow>,
): Promise<PendingRows<RoomRow>> {
  const rooms = new PendingRows<RoomRow>(roomTable);
  await events.mergeInto<RoomFacts, RoomRow>(rooms, {
    evidence: roomEvidence,
    merge: mergeRoom,
    read: async (facts) => {
      const [stored] = await Promise.all([
        readSiblings<RoomFacts, RoomRow>(run, namesakes, facts),
        participants.prefetch(parentKeys(facts.filter(startsOrFinishes))),
      ]);
      return stored;
    },
    row: mergedRoom,
  });
  for (const sameName of grouped(rooms.all(), ({ now }) => nameOf(now)).values()) {
    const siblings = sameName.map(({ now }) => now);
    for (const room of sameName) room.now = revised(room.now, endRoom(room.now, siblings));
  }
  return rooms;
}

function startsOrFinishes({ starts, finishClock }: RoomFacts): boolean {
  return starts.length > 0 || finishClock !== null;
}

function mergedRoom(facts: RoomFacts, stored: RoomRow | undefined): RoomRow {
  const merged = stored
    ? (mergeRoom(stored, facts) as RoomRow)
    : { participantCount: 0, participantSessionCount: 0, ...facts };
  return revised(merged as RoomRow, startRoom(merged));
}

function nameOf({ roomName, project }: RoomRow): string {
  return `${roomName}\u0000${project}`;
}

/** Rooms whose participants may have to end or reopen. */
export function cascading(rooms: PendingRows<RoomRow>): ParentKeys {
  const changed: RoomRow[] = [];
  for (const { before, now } of rooms.all()) {
    const cascade = before ? cascadedEnd(before) : null;
    if (cascadedEnd(now) !== cascade || now.starts.length !== (before?.starts.length ?? 0)) changed.push(now);
  }
  return parentKeys(changed);
}
