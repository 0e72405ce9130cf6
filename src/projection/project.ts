import type { Run, Statement } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { jobEvidence, jobTable, mergeJob, settleJob, type JobFacts, type JobRow } from './agent-job.js';
import { egressEvidence, egressTable, mergeEgress, settleEgress, type EgressFacts, type EgressRow } from './egress.js';
import { Deltas } from '../meter/delta.js';
import { settleIngressSessions } from './settle-ingress-sessions.js';
import { News } from './batch-events.js';
import { mergeParticipants, ownedParticipants, settleParticipants } from './settle-participants.js';
import { readByKey } from './read-rows.js';
import { settleRooms } from './settle-rooms.js';
import { Shelf } from './pending-rows.js';
import type { Table } from './table.js';
import { mergeTracks, ownedTracks, settleTracks } from './settle-tracks.js';

/**
 * Projects events whose locks are held, or are taken by what was sent before (see lockOf): reads the rows they
 * concern, merges those that `fresh` then names and settles in memory, and returns what to write. In one
 * round of statements where all that must be read can be told from the events, else in at most three.
 */
export async function project(
  run: Run,
  events: readonly LedgerEvent[],
  fresh = (): Promise<readonly LedgerEvent[]> => Promise.resolve(events),
): Promise<Statement[]> {
  const news = new News(events, fresh);
  const [rooms, ...others] = await Promise.all([
    projectRooms(run, news),
    projectAlone<EgressFacts, EgressRow>(run, egressNoun, news.about('egress')),
    settleIngressSessions(run, news.about('ingress')),
    projectAlone<JobFacts, JobRow>(run, jobNoun, news.about('job')),
  ]);
  const usage = new Deltas();
  return [...[...rooms, ...others].flatMap((shelf) => shelf.write(usage)), ...usage.write()];
}

async function projectRooms(run: Run, news: News): Promise<Writable[]> {
  const owned = { ...ownedParticipants(run), tracks: ownedTracks(run) };
  const [rooms, participants, tracks] = await Promise.all([
    settleRooms(run, news.about('room', 'participant', 'track'), owned.unended),
    mergeParticipants(run, news.about('participant', 'track'), owned),
    mergeTracks(run, news.about('participant', 'track')),
  ]);
  await settleParticipants(run, { rooms, participants }, owned);
  await settleTracks(run, { participants, tracks }, owned.tracks);
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

async function projectAlone<F extends object, R extends F>(run: Run, noun: Noun<F, R>, news: News): Promise<Shelf<R>> {
  const { table, merge, settle } = noun;
  const shelf = new Shelf<R>(table);
  await news.tell<F, R>(shelf, {
    ...noun,
    read: (wanted) => readByKey<R>(run, table, wanted),
    row: (facts, known) => settle(known ? merge(known, facts) : facts),
  });
  return shelf;
}
