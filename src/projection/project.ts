import type { Run, Statement } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { jobEvidence, jobTable, mergeJob, settleJob, type JobFacts, type JobRow } from './agent-job.js';
import { egressEvidence, egressTable, mergeEgress, settleEgress, type EgressFacts, type EgressRow } from './egress.js';
import { Deltas } from '../meter/delta.js';
import { settleIngressSessions } from './settle-ingress-sessions.js';
import { BatchEvents } from './batch-events.js';
import { mergeParticipants, relatedParticipants, settleParticipants } from './settle-participants.js';
import { readByKey } from './read-rows.js';
import { settleRooms } from './settle-rooms.js';
import { PendingRows } from './pending-rows.js';
import type { SessionTable } from './session-table.js';
import { mergeTracks, tracksWithoutOwnEnd, settleTracks } from './settle-tracks.js';

/**
 * Projects events whose locks are held, or requested earlier on this connection: reads affected rows, merges the
 * `fresh` events, settles in memory, returns the writes. One to three round trips.
 */
export async function project(
  run: Run,
  events: readonly LedgerEvent[],
  fresh = (): Promise<readonly LedgerEvent[]> => Promise.resolve(events),
): Promise<Statement[]> {
  const batch = new BatchEvents(events, fresh);
  const [rooms, ...others] = await Promise.all([
    projectRooms(run, batch),
    projectIndependent<EgressFacts, EgressRow>(run, egressProjector, batch.about('egress', 'finding')),
    settleIngressSessions(run, batch.about('ingress', 'finding')),
    projectIndependent<JobFacts, JobRow>(run, jobProjector, batch.about('job', 'finding')),
  ]);
  const usage = new Deltas();
  const writes: Statement[] = [];
  for (const rows of [...rooms, ...others]) writes.push(...(await rows.write(usage)));
  return [...writes, ...usage.write()];
}

async function projectRooms(run: Run, events: BatchEvents): Promise<Writable[]> {
  const related = relatedParticipants(run);
  const participantTracks = tracksWithoutOwnEnd(run);
  const [rooms, participants, tracks] = await Promise.all([
    settleRooms(run, events.about('room', 'participant', 'track', 'finding'), related.withoutOwnEnd),
    mergeParticipants(run, events.about('participant', 'track', 'finding'), { ...related, tracks: participantTracks }),
    mergeTracks(run, events.about('participant', 'track', 'finding')),
  ]);
  await settleParticipants(run, { rooms, participants }, related);
  await settleTracks(run, { participants, tracks }, participantTracks);
  return [rooms, participants, tracks];
}

type Writable = Pick<PendingRows<object>, 'write'>;

/** For rows that depend on their own events alone. */
interface Projector<F, R> {
  table: SessionTable;
  evidence: (event: LedgerEvent) => F | readonly F[];
  merge: (a: F, b: F) => F;
  settle: (facts: F) => R;
}

const egressProjector = { table: egressTable, evidence: egressEvidence, merge: mergeEgress, settle: settleEgress };
const jobProjector = { table: jobTable, evidence: jobEvidence, merge: mergeJob, settle: settleJob };

async function projectIndependent<F extends object, R extends F>(
  run: Run,
  projector: Projector<F, R>,
  events: BatchEvents,
): Promise<PendingRows<R>> {
  const { table, merge, settle } = projector;
  const rows = new PendingRows<R>(table);
  await events.mergeInto<F, R>(rows, {
    ...projector,
    read: (wanted) => readByKey<R>(run, table, wanted),
    row: (facts, stored) => settle(stored ? merge(stored, facts) : facts),
  });
  return rows;
}
