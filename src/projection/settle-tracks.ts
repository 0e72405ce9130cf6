import type { Run } from '../database/transaction.js';
import type { BatchEvents } from './batch-events.js';
import { arrayOf } from '../database/driver/binary-array.js';
import { noticedLoss, participantTable, type ParticipantRow } from './participant.js';
import { parentKey, parentKeys, withoutOwnEnd, type ChildRows, type ParentKeys } from './child-rows.js';
import { readByKey } from './read-rows.js';
import { selectList } from './session-table.js';
import { revised, PendingRows } from './pending-rows.js';
import { inTurns } from './turns.js';
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

/** Settles the touched tracks, and those without an own end of participants whose end changed. */
export async function settleTracks(
  run: Run,
  { participants, tracks }: { participants: PendingRows<ParticipantRow>; tracks: PendingRows<TrackRow> },
  ofParticipants: ChildRows<TrackRow>,
): Promise<void> {
  const [cascaded, unpublished, missing] = await Promise.all([
    ofParticipants.of(changedEnds(participants)),
    withOwnEnd(run, changedLosses(participants)),
    readByKey<ParticipantRow>(run, participantTable, missingParticipants(participants, tracks)),
  ]);
  tracks.load(cascaded);
  tracks.load(unpublished);
  participants.load(missing);
  await inTurns(tracks.all(), (track) => {
    const participant = participants.get(participantKey(participants, track.now))?.now;
    track.now = revised(track.now, settleTrack(track.now, participant));
  });
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

function changedLosses(participants: PendingRows<ParticipantRow>): ParticipantRow[] {
  return [...participants.all()]
    .filter(({ before, now }) => textOf(before && noticedLoss(before)) !== textOf(noticedLoss(now)))
    .map(({ now }) => now);
}

function textOf(loss: ReturnType<typeof noticedLoss> | undefined): string {
  return loss ? `${loss.endedAt} ${loss.uncertaintyMs}` : '';
}

/** Tracks that told an end, whose uncertainty may follow their participant's. */
async function withOwnEnd(run: Run, participants: readonly ParticipantRow[]): Promise<TrackRow[]> {
  if (participants.length === 0) return [];
  const sids = arrayOf(
    'text',
    participants.map(({ sid }) => sid),
  );
  const rows = await run<TrackRow>({ name: 'track own ends', text: ownEnds, values: [sids] });
  const wanted = parentKeys(participants);
  return rows.filter(({ project, roomName, participantSid }) =>
    wanted.has(parentKey(project, roomName, participantSid)),
  );
}

const ownEnds = `select ${selectList(trackTable)} from track r
  where r.participant_sid = any($1::text[]) and r.told_end_at is not null`;

/** Participants not read yet, because the events of a track name different ones. */
function missingParticipants(participants: PendingRows<ParticipantRow>, tracks: PendingRows<TrackRow>): object[] {
  const missing: object[] = [];
  for (const { now } of tracks.all()) {
    if (participants.get(participantKey(participants, now))) continue;
    missing.push({ project: now.project, roomName: now.roomName, sid: now.participantSid });
  }
  return missing;
}
