import type { Pool } from 'pg';
import { inTransaction, type Run, type Statement } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { bisect, problemFrom } from '../intake/bisect.js';
import { lockOf } from '../projection/lock.js';
import { project } from '../projection/project.js';
import { grouped } from '../projection/pending-rows.js';
import { pagesOf, readRow, stretchSince, type LogStretch, type Replayed } from './log-pages.js';
import { sightingsOf } from './sighting-pages.js';
import { problemChangeStatements } from './problem-changes.js';
import { withReconnect, refuseLost, type Workspace } from './workspace.js';

export type Report = (events: number) => void;

/** One connection each; the pool's fifth reads ahead. */
const LANES = 4;

/** Projects the log into the shadow tables, continuing where it stopped. */
export class Replay {
  reached: LogStretch | null = null;
  events = 0;

  constructor(
    private readonly workspace: Workspace,
    private readonly report: Report,
  ) {}

  async catchUp(): Promise<number> {
    return this.advance(await stretchSince(reader(this.workspace), this.workspace, this.reached));
  }

  /** Repeats, because fewer events arrive during each shorter pass. */
  async catchUpBelow(few: number, attempts = Infinity): Promise<void> {
    for (let attempt = 1; (await this.catchUp()) > few && attempt < attempts; attempt++);
  }

  /** @returns how many events it projected */
  async advance(stretch: LogStretch): Promise<number> {
    const before = this.events;
    for await (const page of ahead(pagesOf(reader(this.workspace), this.workspace, stretch))) {
      refuseLost(this.workspace);
      await Promise.all(lanesOf(page.map(readRow)).map((lane) => projectLane(this.workspace, lane)));
      this.report((this.events += page.length));
    }
    for await (const page of sightingsOf(reader(this.workspace), this.workspace.home, stretch)) {
      refuseLost(this.workspace);
      await projectSightings(this.workspace, page);
    }
    this.reached = stretch;
    return this.events - before;
  }
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

function projectSightings({ database, lost }: Workspace, page: readonly LedgerEvent[]): Promise<void> {
  return withReconnect(lost, () => inTransaction(database.intake, (run) => project(run, page)));
}

function projectLane({ database, lost }: Workspace, lane: readonly Replayed[]): Promise<void> {
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
function lanesOf(page: readonly Replayed[]): Replayed[][] {
  const groups = grouped(page, ({ event }) => lockKey(event));
  const lanes = Array.from({ length: LANES }, (): Replayed[] => []);
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

/** Reads the next page while this one is projected. */
async function* ahead<T>(pages: AsyncGenerator<T>): AsyncGenerator<T> {
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

function reader({ database, lost, distributed }: Workspace): Run {
  const pool = distributed ? database.queries : database.intake;
  return <R>(statement: Statement) =>
    withReconnect(lost, async () => (await pool.query<R & object>(statement)).rows as R[]);
}
