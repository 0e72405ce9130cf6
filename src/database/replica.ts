import pg from 'pg';
import { breakingOff, breakOffAllHung } from './hung-connections.js';
import { isAway, isPassing, isTimeout } from './failure.js';
import { OwnConnection } from './own-connection.js';

/** A moment of the primary. Who shows it has every transaction that was over then. */
export interface Milestone {
  readonly lsn: number;
  readonly xmax: number;
}

export interface Promised {
  readonly maxLagMs: number;
  /** To clients, who may ask about it. */
  told: Milestone;
  place: string | null;
}

export type ReplicaState = 'ok' | 'late' | 'away' | 'foreign';

/** Which tables: of which cluster, database and schema. A standby has the primary's. */
export const placeSql = `concat_ws(' ', (select system_identifier from pg_control_system()),
  (select oid from pg_database where datname = current_database()), current_schema())`;

/** Of the primary. Commits are in the flushed log before a snapshot shows them. */
export const flushedSql = `(pg_current_wal_flush_lsn() - '0/0')::int8`;

/** By a snapshot `now`. */
export const milestoneColumns = `${flushedSql} as lsn, pg_snapshot_xmax(now)::text::int8 as xmax`;

const shownSql = `select pg_is_in_recovery() as standby, ${placeSql} as place,
  (pg_last_wal_replay_lsn() - '0/0')::int8 as lsn, pg_snapshot_xmin(pg_current_snapshot())::text::int8 as xmin`;

interface Shown {
  readonly standby: boolean;
  readonly place: string;
  readonly lsn: number;
  readonly xmin: number;
}

const MOST_WAITING = 1_200;
const RETRY_MS = 500;

/** A streaming replica. Its lag is how old what it shows is at most, also while nobody writes. */
export class Replica {
  private readonly connection: OwnConnection;
  private readonly endWatch: () => void;
  private readonly breakOff: () => void;
  /** Moments of the primary that it has not shown yet, and when each was. */
  private waiting: (Milestone & { at: number })[] = [];
  private shown: Shown | null = null;
  private shownAt = -Infinity;
  private notedAt = -Infinity;
  private foreign = false;
  private ahead = false;
  private looking: Promise<void> | null = null;
  private restUntil = -Infinity;

  constructor(
    readonly pool: pg.Pool,
    private readonly promised: Promised,
  ) {
    this.connection = new OwnConnection(pool, () => undefined);
    this.endWatch = breakOffAllHung(pool);
    this.breakOff = breakingOff(pool);
  }

  get lagMs(): number {
    return performance.now() - this.shownAt;
  }

  get state(): ReplicaState {
    if (this.foreign) return 'foreign';
    if (this.shown === null) return 'away';
    return this.isFresh ? 'ok' : 'late';
  }

  get isFresh(): boolean {
    return this.lagMs <= this.promised.maxLagMs && this.shows(this.promised.told);
  }

  get busy(): number {
    return this.pool.totalCount - this.pool.idleCount + this.pool.waitingCount;
  }

  /** By its place in the log, or because nothing that was begun then still runs: the rest of a record may not be flushed. */
  shows({ lsn, xmax }: Milestone): boolean {
    return this.shown !== null && (this.shown.lsn >= lsn || this.shown.xmin >= xmax);
  }

  expect(milestone: Milestone, at: number): void {
    // Another primary, which lacks what the last one had sent.
    if (this.shown !== null && this.notedAt < at && this.shown.lsn > milestone.lsn) this.ahead = true;
    const last = this.waiting.at(-1);
    if (last?.lsn === milestone.lsn && last.xmax === milestone.xmax) this.waiting.pop();
    this.waiting.push({ ...milestone, at });
    if (this.waiting.length > MOST_WAITING) this.waiting = this.waiting.filter((_, at) => at % 2 === 0);
  }

  look(): Promise<void> {
    return (this.looking ??= this.ask().finally(() => (this.looking = null)));
  }

  /** Whether another server may answer what failed here: this one is away, or cancelled it for what it replays. */
  isToBlame(error: unknown): boolean {
    if (isPassing(error)) return true;
    if (isTimeout(error) || !isAway(error)) return false;
    this.lose();
    return true;
  }

  async end(): Promise<void> {
    this.endWatch();
    this.connection.end();
    await this.pool.end();
  }

  private async ask(): Promise<void> {
    if (performance.now() < this.restUntil) return;
    try {
      const [shown] = await this.connection.ask<Shown>(shownSql);
      this.note(shown!);
    } catch (error) {
      this.lose();
      if (!(error instanceof pg.DatabaseError)) this.breakOff();
    }
  }

  private note(shown: Shown): void {
    this.notedAt = performance.now();
    this.foreign = this.ahead || !shown.standby || shown.place !== this.promised.place;
    this.shown = this.foreign ? null : shown;
    const reached = this.waiting.findLastIndex((milestone) => this.shows(milestone));
    if (reached < 0) return;
    this.shownAt = this.waiting[reached]!.at;
    this.waiting.splice(0, reached + 1);
  }

  private lose(): void {
    this.shown = null;
    this.ahead = false;
    this.restUntil = performance.now() + RETRY_MS;
  }
}
