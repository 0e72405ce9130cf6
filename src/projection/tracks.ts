import { arrayOf } from '../database/array.js';
import type { Run } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { participantTable, type ParticipantRow } from './participant.js';
import { readByKey, valuesOf } from './read.js';
import { gather, Shelf } from './shelf.js';
import { selectList } from './table.js';
import { mergeTrack, settleTrack, trackEvidence, trackTable, type TrackFacts, type TrackRow } from './track.js';

/** Merges the events into the tracks that they name. */
export async function mergeTracks(run: Run, events: readonly LedgerEvent[]): Promise<Shelf<TrackRow>> {
  const tracks = new Shelf<TrackRow>(trackTable);
  const told = gather<TrackFacts>(
    tracks,
    events.filter((event) => event.subject !== 'room').flatMap(trackEvidence),
    mergeTrack,
  );
  tracks.load(await readByKey<TrackRow>(run, trackTable, told));
  for (const facts of told) {
    const row = tracks.get(tracks.keyOf(facts));
    tracks.set((row ? mergeTrack(row, facts) : facts) as TrackRow);
  }
  return tracks;
}

/** Ends, or revives, the touched tracks and those of participants whose end changed. */
export async function settleTracks(
  run: Run,
  participants: Shelf<ParticipantRow>,
  tracks: Shelf<TrackRow>,
): Promise<void> {
  const [cascaded, publishers] = await Promise.all([
    readWithoutOwnEnd(run, movedEnds(participants)),
    readByKey<ParticipantRow>(run, participantTable, strayPublishers(participants, tracks)),
  ]);
  tracks.load(cascaded);
  participants.load(publishers);
  for (const track of tracks.rows()) tracks.set(settleTrack(track, participants.get(publisherOf(participants, track))));
}

function publisherOf(participants: Shelf<ParticipantRow>, { project, roomName, participantSid }: TrackRow): string {
  return participants.keyOf({ project, roomName, sid: participantSid });
}

function movedEnds(participants: Shelf<ParticipantRow>): ParticipantRow[] {
  return participants.rows().filter((row) => (participants.original(row)?.endedAt ?? null) !== row.endedAt);
}

async function readWithoutOwnEnd(run: Run, publishers: readonly ParticipantRow[]): Promise<TrackRow[]> {
  if (publishers.length === 0) return [];
  const wanted = new Set(publishers.map(({ project, roomName, sid }) => [project, roomName, sid].join('\u0000')));
  const rows = await run<TrackRow>({
    name: 'track cascade',
    text: `select ${selectList(trackTable)} from track r
      where r.participant_sid || '/' || r.project = any($1::text[]) and r.told_end_at is null`,
    values: [
      arrayOf(
        'text',
        valuesOf(publishers, ({ sid, project }) => `${sid}/${project}`),
      ),
    ],
  });
  return rows.filter((row) => wanted.has([row.project, row.roomName, row.participantSid].join('\u0000')));
}

/** Participants that are not here, of tracks whose events disagree about theirs. */
function strayPublishers(participants: Shelf<ParticipantRow>, tracks: Shelf<TrackRow>): object[] {
  return tracks
    .rows()
    .filter((track) => participants.get(publisherOf(participants, track)) === undefined)
    .map(({ project, roomName, participantSid }) => ({ project, roomName, sid: participantSid }));
}
