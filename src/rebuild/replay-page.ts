import type { Pool } from 'pg';
import { inTransaction, type Run, type Statement } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { bisect, problemFrom } from '../intake/bisect.js';
import { lockOf } from '../projection/lock.js';
import { project } from '../projection/project.js';
import { grouped } from '../projection/pending-rows.js';
import { pagesOf, type Replayed, type RoutedRow, type SharedStretch } from './log-pages.js';
import { problemChangeStatements } from './problem-changes.js';
import { withReconnect, refuseLost, type Workspace } from './workspace.js';

export type Place = Pick<Workspace, 'home' | 'database' | 'lost' | 'distributed'>;

export function reader({ database, lost, distributed }: Omit<Place, 'home'>): Run {
  const pool = distributed ? database.queries : database.intake;
  return <R>(statement: Statement) =>
    withReconnect(lost, async () => (await pool.query<R & object>(statement)).rows as R[]);
}

/** Reads the next page while this one is projected. */
export async function* pagesAhead(place: Place, stretch: SharedStretch): AsyncGenerator<RoutedRow[]> {
  const pages = pagesOf(reader(place), place, stretch);
  let next = pages.next();
  for (;;) {
    const { value, done } = await next;
    if (done) return;
    next = pages.next();
    // Handled here, because nobody awaits it if projecting fails first.
    next.catch(() => undefined);
    yield value;
  }
}

export async function projectPage(place: Place, page: readonly Replayed[], lanes: number): Promise<void> {
  refuseLost(place);
  await Promise.all(lanesOf(page, lanes).map((lane) => projectLane(place, lane)));
}

/** Whether it was logged under another key than the one that this version would lock for it. */
export function isStray({ row, event }: Replayed): boolean {
  const lock = lockOf(event);
  return lock !== null && lock.key !== row.route;
}

/** Takes no locks: nothing else writes to the shadow tables. */
export async function projectReplayed(
  run: Run,
  some: readonly Replayed[],
  sightings: readonly LedgerEvent[] = [],
): Promise<Statement[]> {
  const events = [...some.map(({ event }) => event), ...sightings];
  return [...(await project(run, events)), ...problemChangeStatements(some)];
}

function projectLane({ database, lost }: Place, lane: readonly Replayed[]): Promise<void> {
  return withReconnect(lost, () => projectApart(database.intake, lane));
}

async function projectApart(pool: Pool, lane: readonly Replayed[]): Promise<void> {
  const failures = await bisect(
    lane,
    (some) => inTransaction(pool, (run) => projectReplayed(run, some)),
    (one, error) => inTransaction(pool, (run) => projectReplayed(run, [poisoned(one, error)])),
  );
  const failure = failures.find((one) => one !== null);
  if (failure) throw failure.error;
}

function poisoned({ row, event }: Replayed, error: unknown): Replayed {
  return { row, event: { ...event, problem: problemFrom(error) } };
}

/** Events that share a lock share a lane. Lanes have about equal length. */
function lanesOf(page: readonly Replayed[], count: number): Replayed[][] {
  const groups = grouped(page, ({ event }) => lockKey(event));
  const lanes = Array.from({ length: count }, (): Replayed[] => []);
  for (const group of [...groups.values()].sort((a, b) => b.length - a.length)) {
    const shortest = lanes.reduce((least, lane) => (lane.length < least.length ? lane : least));
    shortest.push(...group);
  }
  return lanes.filter((lane) => lane.length > 0);
}

function lockKey(event: LedgerEvent): string {
  const lock = lockOf(event);
  return lock ? [lock.kind, lock.project, lock.key].join('\u0000') : '';
}
