import type { Run } from '../database/transaction.js';
import type { BatchEvents } from './batch-events.js';
import { participantTable, type ParticipantRow } from './participant.js';
import { ownersOf, withoutOwnEnd, type Owned, type Owners } from './children.js';
import { readByKey } from './read-rows.js';
import { revised, PendingRows } from './pending-rows.js';
import { mergeTrack, settleTrack, trackEvidence, trackTable, type TrackFacts, type TrackRow } from './track.js';

/** By participant: tracks that told no end. */
export function ownedTracks(run: Run): Owned<TrackRow> {
  return withoutOwnEnd(run, ofParticipant);
}

const ofParticipant = { table: trackTable, by: 'participantSid' };

/** Merges the events into the tracks that they name. */
export async function mergeTracks(run: Run, events: BatchEvents): Promise<PendingRows<TrackRow>> {
  const tracks = new PendingRows<TrackRow>(trackTable);
  await events.mergeInto<TrackFacts, TrackRow>(tracks, {
    evidence: trackEvidence,
    merge: mergeTrack,
    read: (wanted) => readByKey<TrackRow>(run, trackTable, wanted),
    row: (facts, stored) => (stored ? mergeTrack(stored, facts) : facts) as TrackRow,
  });
  return tracks;
}

/** Ends, or revives, the touched tracks and those of participants whose end changed. */
export async function settleTracks(
  run: Run,
  { participants, tracks }: { participants: PendingRows<ParticipantRow>; tracks: PendingRows<TrackRow> },
  unended: Owned<TrackRow>,
): Promise<void> {
  const [cascaded, publishers] = await Promise.all([
    unended.of(movedEnds(participants)),
    readByKey<ParticipantRow>(run, participantTable, strayPublishers(participants, tracks)),
  ]);
  tracks.load(cascaded);
  participants.load(publishers);
  for (const track of tracks.all()) {
    const publisher = participants.get(publisherOf(participants, track.now))?.now;
    track.now = revised(track.now, settleTrack(track.now, publisher));
  }
}

function publisherOf(
  participants: PendingRows<ParticipantRow>,
  { project, roomName, participantSid }: TrackRow,
): string {
  return participants.keyOf({ project, roomName, sid: participantSid });
}

function movedEnds(participants: PendingRows<ParticipantRow>): Owners {
  const moved: ParticipantRow[] = [];
  for (const { before, now } of participants.all()) if ((before?.endedAt ?? null) !== now.endedAt) moved.push(now);
  return ownersOf(moved);
}

/** Participants that are not here, of tracks whose events disagree about theirs. */
function strayPublishers(participants: PendingRows<ParticipantRow>, tracks: PendingRows<TrackRow>): object[] {
  const stray: object[] = [];
  for (const { now } of tracks.all()) {
    if (participants.get(publisherOf(participants, now))) continue;
    stray.push({ project: now.project, roomName: now.roomName, sid: now.participantSid });
  }
  return stray;
}
