import { UnnestedRows } from '../database/unnested-rows.js';
import type { Run } from '../database/transaction.js';
import { earliestStart, supersede } from './session-interval.js';
import type { BatchEvents } from './batch-events.js';
import { ChildRows, parentKey, parentKeys, partsOf, withoutOwnEnd, type ParentKeys } from './child-rows.js';
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
import { grouped, revised, PendingRows, type PendingRow } from './pending-rows.js';
import { selectList } from './session-table.js';
import { inTurns } from './turns.js';
import type { TrackRow } from './track.js';

export interface RelatedParticipants {
  /** By room and identity. */
  readonly siblings: ChildRows<ParticipantRow>;
  readonly withoutOwnEnd: ChildRows<ParticipantRow>;
}

export function relatedParticipants(run: Run): RelatedParticipants {
  return {
    siblings: new ChildRows((keys) => readSiblings(run, keys), siblingsKey),
    withoutOwnEnd: withoutOwnEnd(run, { table: participantTable, parent: 'roomSid' }),
  };
}

export async function mergeParticipants(
  run: Run,
  events: BatchEvents,
  { siblings, tracks }: { siblings: ChildRows<ParticipantRow>; tracks: ChildRows<TrackRow> },
): Promise<PendingRows<ParticipantRow>> {
  const participants = new PendingRows<ParticipantRow>(participantTable);
  await events.mergeInto<ParticipantFacts, ParticipantRow>(participants, {
    evidence: participantEvidence,
    merge: mergeParticipant,
    read: async (all) => {
      const [stored] = await Promise.all([
        readByKey<ParticipantRow>(run, participantTable, all),
        siblings.prefetch(siblingKeysOf(all.filter(({ joined }) => joined))),
        tracks.prefetch(parentKeys(all.filter(hasEnded))),
      ]);
      return stored;
    },
    row: (facts, stored) => {
      const merged = stored ? mergeParticipant(stored, facts) : { supersededAt: null, ...facts };
      return revised(merged as ParticipantRow, startParticipant(merged));
    },
  });
  return participants;
}

function siblingKeysOf(joined: readonly ParticipantFacts[]): ParentKeys {
  const keys = new Map<string, number>();
  for (const facts of joined) {
    addSiblings(keys, facts, earliestStart([facts.joinedMs, facts.joinedS], facts));
  }
  return keys;
}

function hasEnded({ leftClock, migratedClock, abortedClock }: ParticipantFacts): boolean {
  return (leftClock ?? migratedClock ?? abortedClock) !== null;
}

/**
 * Settles the touched participants, their siblings, and those without an own end in rooms whose end or starts changed.
 */
export async function settleParticipants(
  run: Run,
  { rooms, participants }: { rooms: PendingRows<RoomRow>; participants: PendingRows<ParticipantRow> },
  related: RelatedParticipants,
): Promise<void> {
  const changed = changedSiblings(participants);
  const [siblings, cascaded, missing] = await Promise.all([
    related.siblings.of(changed),
    related.withoutOwnEnd.of(cascading(rooms)),
    readByKey<RoomRow>(run, roomTable, missingRooms(rooms, participants)),
  ]);
  participants.load(siblings);
  participants.load(cascaded);
  rooms.load(missing);
  supersedeSiblings(participants, changed);
  await inTurns(participants.all(), (participant) => {
    const room = rooms.get(roomKey(rooms, participant.now));
    participant.now = revised(participant.now, settleParticipant(participant.now, room?.now));
    count(rooms, room, participant);
  });
}

function supersedeSiblings(participants: PendingRows<ParticipantRow>, changed: ParentKeys): void {
  if (changed.size === 0) return;
  const groups = grouped(participants.all(), ({ now }) => siblingsKey(now));
  for (const [key, since] of changed) {
    const changeable = (groups.get(key) ?? []).filter((sibling) => canChange(sibling, since)).map(({ now }) => now);
    for (const sibling of supersede(changeable, (row) => row.sid)) participants.set(sibling);
  }
}

function roomKey(rooms: PendingRows<RoomRow>, { project, roomName, roomSid }: ParticipantRow): string {
  return rooms.keyOf({ project, roomName, sid: roomSid });
}

/** Empty without an identity, which supersedes nothing. */
function siblingsKey({ project, roomName, roomSid, identity }: ParticipantFacts): string {
  return identity === '' ? '' : parentKey(project, roomName, roomSid, identity);
}

function addSiblings(keys: Map<string, number>, participant: ParticipantFacts, since: number): void {
  const key = siblingsKey(participant);
  if (key) keys.set(key, Math.min(since, keys.get(key) ?? since));
}

function keptSiblings(before: ParticipantRow, now: ParticipantRow): boolean {
  return before.roomSid === now.roomSid && before.identity === now.identity;
}

/** Groups of siblings whose order changed, each with the earliest start that changed. */
function changedSiblings(participants: PendingRows<ParticipantRow>): ParentKeys {
  const changed = new Map<string, number>();
  for (const { before, now } of participants.all()) {
    const same =
      before?.startedAt === now.startedAt && before.startSource === now.startSource && keptSiblings(before, now);
    if (same) continue;
    const since = Math.min(now.startedAt, before?.startedAt ?? now.startedAt);
    addSiblings(changed, now, since);
    if (before) addSiblings(changed, before, since);
  }
  return changed;
}

/** One superseded before `since` stays as it is, and supersedes none that can change. */
function canChange({ before, now }: PendingRow<ParticipantRow>, since: number): boolean {
  return !before || !keptSiblings(before, now) || (before.supersededAt ?? Infinity) >= since;
}

function readSiblings(run: Run, keys: ParentKeys): Promise<ParticipantRow[]> {
  return run<ParticipantRow>({
    name: 'participant siblings',
    text: siblingsQuery,
    values: wantedSiblings.values([...keys]),
  });
}

const wantedSiblings = new UnnestedRows<[key: string, since: number]>([
  ['key', 'text', ([key]) => indexedKey(key)],
  ['since', 'timestamptz', ([, since]) => since],
]);
const siblingsQuery = `select ${selectList(participantTable)} from ${wantedSiblings.sql} k
  join participant r on r.room_sid || '/' || r.identity || '/' || r.project = k.key and r.identity <> ''
    and coalesce(r.superseded_at, 'infinity'::timestamptz) >= k.since`;

/** As the index participant_family spells it. */
function indexedKey(key: string): string {
  const [project, , roomSid, identity] = partsOf(key);
  return `${roomSid}/${identity}/${project}`;
}

/** Rooms not read yet, because the events of a participant name different ones. */
function missingRooms(rooms: PendingRows<RoomRow>, participants: PendingRows<ParticipantRow>): object[] {
  const missing: object[] = [];
  for (const { before, now } of participants.all()) {
    for (const row of before && before.roomSid !== now.roomSid ? [before, now] : [now]) {
      if (rooms.get(roomKey(rooms, row))) continue;
      missing.push({ project: row.project, roomName: row.roomName, sid: row.roomSid });
    }
  }
  return missing;
}

/** Adds only differences, so that the counts depend on the stored participants alone. */
function count(
  rooms: PendingRows<RoomRow>,
  room: PendingRow<RoomRow> | undefined,
  { before, now }: PendingRow<ParticipantRow>,
): void {
  const stayed = before?.roomSid === now.roomSid ? before : undefined;
  if (before && !stayed) addToRoom(rooms.get(roomKey(rooms, before)), -present(before), -counted(before));
  addToRoom(room, present(now) - present(stayed), counted(now) - counted(stayed));
}

function addToRoom(room: PendingRow<RoomRow> | undefined, participants: number, sessions: number): void {
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
