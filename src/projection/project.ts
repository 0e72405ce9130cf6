import type { Run, Statement } from '../database/transaction.js';
import type { LedgerEvent, Subject } from '../livekit/event.js';
import { jobEvidence, jobTable, mergeJob, settleJob, type JobFacts, type JobRow } from './agent-job.js';
import { egressEvidence, egressTable, mergeEgress, settleEgress, type EgressFacts, type EgressRow } from './egress.js';
import { Deltas } from '../meter/delta.js';
import { settleIngressSessions } from './ingress-sessions.js';
import { mergeParticipants, settleParticipants } from './participants.js';
import { readByKey } from './read.js';
import { settleRooms } from './rooms.js';
import { gather, Shelf } from './shelf.js';
import type { Table } from './table.js';
import { mergeTracks, settleTracks } from './tracks.js';

/**
 * Projects events whose locks are held (see lockOf): reads the rows they concern, merges and settles in
 * memory, and returns what to write. At most four rounds of statements, whatever the number of events.
 */
export async function project(run: Run, events: readonly LedgerEvent[]): Promise<Statement[]> {
  const sound = events.filter(({ problem }) => problem === null);
  const about = (...subjects: Subject[]) => sound.filter(({ subject }) => subject && subjects.includes(subject));
  const [rooms, ...others] = await Promise.all([
    projectRooms(run, about('room', 'participant', 'track')),
    projectAlone<EgressFacts, EgressRow>(run, egressNoun, about('egress')),
    settleIngressSessions(run, about('ingress')),
    projectAlone<JobFacts, JobRow>(run, jobNoun, about('job')),
  ]);
  const usage = new Deltas();
  return [...[...rooms, ...others].flatMap((shelf) => shelf.write(usage)), ...usage.write()];
}

async function projectRooms(run: Run, events: readonly LedgerEvent[]): Promise<Writable[]> {
  if (events.length === 0) return [];
  const [rooms, participants, tracks] = await Promise.all([
    settleRooms(run, events),
    mergeParticipants(run, events),
    mergeTracks(run, events),
  ]);
  await settleParticipants(run, rooms, participants);
  await settleTracks(run, participants, tracks);
  return [rooms, participants, tracks];
}

type Writable = Pick<Shelf<object>, 'write'>;

/** A noun whose rows depend on nothing but their own events. */
interface Noun<F, R> {
  table: Table;
  evidence: (event: LedgerEvent) => F;
  merge: (a: F, b: F) => F;
  settle: (facts: F) => R;
}

const egressNoun = { table: egressTable, evidence: egressEvidence, merge: mergeEgress, settle: settleEgress };
const jobNoun = { table: jobTable, evidence: jobEvidence, merge: mergeJob, settle: settleJob };

async function projectAlone<F extends object, R extends F>(
  run: Run,
  { table, evidence, merge, settle }: Noun<F, R>,
  events: readonly LedgerEvent[],
): Promise<Shelf<R>> {
  const shelf = new Shelf<R>(table);
  const told = gather<F>(shelf, events.map(evidence), merge);
  shelf.load(await readByKey<R>(run, table, told));
  for (const facts of told) {
    const row = shelf.get(shelf.keyOf(facts));
    shelf.set(settle(row ? merge(row, facts) : facts));
  }
  return shelf;
}
