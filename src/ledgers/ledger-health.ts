import { setTimeout as pause } from 'node:timers/promises';
import { holderName, REBUILD_LOCK } from '../database/locks/advisory-locks.js';
import type { Database } from '../database/database.js';
import type { Intake, IntakeState } from '../intake/intake.service.js';
import { tryDatabase } from '../intake/trial.js';
import { OwnConnection } from '../database/own-connection.js';
import type { Upkeep } from '../reconcile/upkeep.service.js';
import type { Replica, ReplicaState } from '../database/replica.js';

interface ReplicaHealth {
  readonly state: ReplicaState;
  /** Null: not known. */
  readonly lagSeconds: number | null;
}

/** Whether the service can take events (`intake`) and answer questions (`queries`). */
export interface HealthReport {
  /** Degraded: events are taken, but some or all cannot be committed, or a replica is gone. */
  readonly status: 'ok' | 'degraded' | 'unavailable';
  readonly intake: IntakeState;
  /** Rooms whose events wait, while those of others are committed. */
  readonly blocked: number;
  readonly queries: 'ok' | 'unavailable';
  /** Events that wait on disk for the database, and how many entries could not be read. */
  readonly spool: { readonly entries: number; readonly bytes: number; readonly setAside: number };
  /** Set while a rebuild runs; queries read the old tables until it ends. */
  readonly rebuild: { readonly startedAt: string } | null;
  /** The last round of the project whose last round is the oldest; null where this process makes none. */
  readonly reconcile: { readonly endedAt: string; readonly failed: readonly string[] } | null;
  /** In the order of `DATABASE_URL_READ`, if that is set. The primary answers for those that are not ok. */
  readonly replicas?: readonly ReplicaHealth[];
}

export const notOpen: HealthReport = {
  status: 'unavailable',
  intake: 'refusing',
  blocked: 0,
  queries: 'unavailable',
  spool: { entries: 0, bytes: 0, setAside: 0 },
  rebuild: null,
  reconcile: null,
};

/** How long a trial that went well is believed: each writes, and rolls back. */
const BELIEVED_MS = 1_000;
/** Kubernetes ends a process whose probe takes a second. */
const SOON_MS = 500;

interface Parts {
  readonly database: Database;
  readonly intake: Intake;
  readonly upkeep: Upkeep;
}

export class LedgerHealth {
  private underWay: Promise<HealthReport> | null = null;
  private last: HealthReport | null = null;
  private readonly connection: OwnConnection;
  private wentWellAt = -Infinity;

  constructor(private readonly parts: Parts) {
    this.connection = new OwnConnection(parts.database.queries, () => (this.wentWellAt = -Infinity));
  }

  end(): void {
    this.connection.end();
  }

  /** Concurrent callers share one check, because the path is public. */
  report(): Promise<HealthReport> {
    this.underWay ??= this.check().finally(() => (this.underWay = null));
    return this.underWay;
  }

  /** What it found last, where that is not known soon: a database that hangs must not end what others need. */
  async reportSoon(): Promise<HealthReport> {
    const soon = pause(SOON_MS, null, { ref: false });
    const report = await Promise.race([this.report(), soon]);
    return report ?? this.last ?? this.report();
  }

  private async check(): Promise<HealthReport> {
    return (this.last = await this.find());
  }

  private async find(): Promise<HealthReport> {
    const first = await this.rebuildUnderWay();
    const believed = first !== undefined && performance.now() - this.wentWellAt < BELIEVED_MS;
    const [rebuild, takes] = await Promise.all([first ?? this.rebuildUnderWay(), believed || this.takesEvents()]);
    const intake = takes ? this.parts.intake.state : this.withoutDatabase();
    const { blocked } = this.parts.intake;
    const { entries, bytes, setAside } = this.parts.intake.spool;
    const replicas = this.parts.database.replicas.all.map(healthOf);
    const queries = rebuild !== undefined || replicas.some(({ state }) => state === 'ok');
    const well = blocked === 0 && replicas.every(({ state }) => state === 'ok' || state === 'late');
    return {
      status: statusOf({ intake, queries, well }),
      intake,
      blocked,
      queries: queries ? 'ok' : 'unavailable',
      spool: { entries, bytes, setAside },
      rebuild: rebuild?.[0] ?? null,
      reconcile: this.oldestRound(),
      ...(replicas.length > 0 && { replicas }),
    };
  }

  private async takesEvents(): Promise<boolean> {
    const began = performance.now();
    const trouble = await tryDatabase(this.parts.database.intake);
    this.wentWellAt = trouble === null ? began : -Infinity;
    return trouble === null;
  }

  /** Undefined if the database does not answer. */
  private rebuildUnderWay(): Promise<{ startedAt: string }[] | undefined> {
    return this.connection.ask<{ startedAt: string }>(rebuildSql).catch(() => undefined);
  }

  private oldestRound(): HealthReport['reconcile'] {
    const [oldest] = [...this.parts.upkeep.lastRounds.values()].sort((a, b) => a.ended - b.ended);
    return oldest ? { endedAt: new Date(oldest.ended).toISOString(), failed: oldest.failed } : null;
  }

  private withoutDatabase(): IntakeState {
    return this.parts.intake.spool.takes ? 'spooling' : 'refusing';
  }
}

function healthOf({ state, lagMs }: Replica): ReplicaHealth {
  return { state, lagSeconds: Number.isFinite(lagMs) ? Math.round(lagMs) / 1000 : null };
}

interface Found {
  readonly intake: IntakeState;
  readonly queries: boolean;
  readonly well: boolean;
}

function statusOf({ intake, queries, well }: Found): HealthReport['status'] {
  if (intake === 'committing' && queries) return well ? 'ok' : 'degraded';
  return intake === 'spooling' ? 'degraded' : 'unavailable';
}

const iso = `to_char(a.backend_start at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const rebuildSql = `select ${iso} as "startedAt" from pg_locks l join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.objid = ${REBUILD_LOCK} and l.objsubid = 1 and l.granted
    and a.datname = current_database() and a.application_name = '${holderName('rebuild')}'`;
