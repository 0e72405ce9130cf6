import type { Run } from '../database/transaction.js';
import type { BatchEvents } from './batch-events.js';
import { participantTable, type ParticipantRow } from './participant.js';
import { parentKeys, withoutOwnEnd, type ChildRows, type ParentKeys } from './children.js';
import { readByKey } from './read-rows.js';
import { revised, PendingRows } from './pending-rows.js';
import { mergeTrack, settleTrack, trackEvidence, trackTable, type TrackFacts, type TrackRow } from './track.js';

export function tracksWithoutOwnEnd(run: Run): ChildRows<TrackRow> {
  return withoutOwnEnd(run, { table: trackTable, parent: 'participantSid' });
}

export async function mergeTracks(run: Run, events: BatchEvents): Promise<PendingRows<TrackRow>> {
  const tracks = new PendingRows<TrackRow>(trackTable);
  await events.mergeInto<TrackFacts, TrackRow>(tracks, {
    evidence: trackEvidence,
    merge: mergeTrack,
    read: (facts) => readByKey<TrackRow>(run, trackTable, facts),
    row: (facts, stored) => (stored ? mergeTrack(stored, facts) : facts) as TrackRow,
  });
  return tracks;
}

/** Ends, or reopens, the tracks that the events touched and those of participants whose end changed. */
export async function settleTracks(
  run: Run,
  { participants, tracks }: { participants: PendingRows<ParticipantRow>; tracks: PendingRows<TrackRow> },
  ofParticipants: ChildRows<TrackRow>,
): Promise<void> {
  const [cascaded, missing] = await Promise.all([
    ofParticipants.of(changedEnds(participants)),
    readByKey<ParticipantRow>(run, participantTable, missingParticipants(participants, tracks)),
  ]);
  tracks.load(cascaded);
  participants.load(missing);
  for (const track of tracks.all()) {
    const participant = participants.get(participantKey(participants, track.now))?.now;
    track.now = revised(track.now, settleTrack(track.now, participant));
  }
}

function participantKey(
  participants: PendingRows<ParticipantRow>,
  { project, roomName, participantSid }: TrackRow,
): string {
  return participants.keyOf({ project, roomName, sid: participantSid });
}

function changedEnds(participants: PendingRows<ParticipantRow>): ParentKeys {
  const changed: ParticipantRow[] = [];
  for (const { before, now } of participants.all()) if ((before?.endedAt ?? null) !== now.endedAt) changed.push(now);
  return parentKeys(changed);
}

/** Keys of participants not read yet: of tracks whose events name different ones. */
function missingParticipants(participants: PendingRows<ParticipantRow>, tracks: PendingRows<TrackRow>): object[] {
  const missing: object[] = [];
  for (const { now } of tracks.all()) {
    if (participants.get(participantKey(participants, now))) continue;
    missing.push({ project: now.project, roomName: now.roomName, sid: now.participantSid });
  }
  return missing;
}
