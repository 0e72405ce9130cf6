import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ClockDoubt } from '../access/clock-doubt.service.js';
import { holderName, REBUILD_LOCK } from '../database/locks/advisory-locks.js';
import { Database } from '../database/database.js';
import { Intake, type IntakeState } from '../intake/intake.service.js';
import { tryDatabase } from '../intake/trial.js';
import { OwnConnection } from '../database/own-connection.js';
import type { Replica, ReplicaState } from '../database/replica.js';

interface ReplicaHealth {
  readonly state: ReplicaState;
  /** Null: not known. */
  readonly lagSeconds: number | null;
}

/** Whether the service can take events (`intake`) and answer questions (`queries`). */
export interface HealthReport {
  /** Degraded: events are taken, but some or all cannot be committed, the clock is doubted, or a replica is gone. */
  readonly status: 'ok' | 'degraded' | 'unavailable';
  readonly intake: IntakeState;
  /** Rooms whose events wait, while those of others are committed. */
  readonly blocked: number;
  readonly queries: 'ok' | 'unavailable';
  /** Events that wait on disk for the database, and how many entries could not be read. */
  readonly spool: { readonly entries: number; readonly bytes: number; readonly setAside: number };
  /** Doubted: many webhooks were refused for their times alone, and none has been in time since. */
  readonly clock: 'ok' | 'doubted';
  /** Set while a rebuild runs; queries read the old tables until it ends. */
  readonly rebuild: { readonly startedAt: string } | null;
  /** In the order of `DATABASE_URL_READ`, if that is set. The primary answers for those that are not ok. */
  readonly replicas?: readonly ReplicaHealth[];
}

/** How long a trial that went well is believed: each writes, and rolls back. */
const BELIEVED_MS = 1_000;

@Injectable()
export class Health implements OnModuleDestroy {
  private underWay: Promise<HealthReport> | null = null;
  private readonly connection: OwnConnection;
  private wentWellAt = -Infinity;

  constructor(
    private readonly database: Database,
    private readonly intake: Intake,
    private readonly clock: ClockDoubt,
  ) {
    this.connection = new OwnConnection(database.queries, () => (this.wentWellAt = -Infinity));
  }

  onModuleDestroy(): void {
    this.connection.end();
  }

  /** Concurrent callers share one check, because the path is public. */
  report(): Promise<HealthReport> {
    this.underWay ??= this.check().finally(() => (this.underWay = null));
    return this.underWay;
  }

  private async check(): Promise<HealthReport> {
    const first = await this.rebuildUnderWay();
    const believed = first !== undefined && performance.now() - this.wentWellAt < BELIEVED_MS;
    const [rebuild, takes] = await Promise.all([first ?? this.rebuildUnderWay(), believed || this.takesEvents()]);
    const intake = takes ? this.intake.state : this.withoutDatabase();
    const { blocked } = this.intake;
    const { entries, bytes, setAside } = this.intake.spool;
    const clock = this.clock.isDoubted ? 'doubted' : 'ok';
    const replicas = this.database.replicas.all.map(healthOf);
    const queries = rebuild !== undefined || replicas.some(({ state }) => state === 'ok');
    const well = blocked === 0 && clock === 'ok' && replicas.every(({ state }) => state === 'ok' || state === 'late');
    return {
      status: statusOf({ intake, queries, well }),
      intake,
      blocked,
      queries: queries ? 'ok' : 'unavailable',
      spool: { entries, bytes, setAside },
      clock,
      rebuild: rebuild?.[0] ?? null,
      ...(replicas.length > 0 && { replicas }),
    };
  }

  private async takesEvents(): Promise<boolean> {
    const began = performance.now();
    const trouble = await tryDatabase(this.database.intake);
    this.wentWellAt = trouble === null ? began : -Infinity;
    return trouble === null;
  }

  /** Undefined if the database does not answer. */
  private rebuildUnderWay(): Promise<{ startedAt: string }[] | undefined> {
    return this.connection.ask<{ startedAt: string }>(rebuildSql).catch(() => undefined);
  }

  private withoutDatabase(): IntakeState {
    return this.intake.spool.takes ? 'spooling' : 'refusing';
  }
}

function healthOf({ state, lagMs }: Replica): ReplicaHealth {
  return { state, lagSeconds: Number.isFinite(lagMs) ? Math.round(lagMs) / 1000 : null };
}

interface Parts {
  readonly intake: IntakeState;
  readonly queries: boolean;
  readonly well: boolean;
}

function statusOf({ intake, queries, well }: Parts): HealthReport['status'] {
  if (intake === 'committing' && queries) return well ? 'ok' : 'degraded';
  return intake === 'spooling' ? 'degraded' : 'unavailable';
}

const iso = `to_char(a.backend_start at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const rebuildSql = `select ${iso} as "startedAt" from pg_locks l join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.objid = ${REBUILD_LOCK} and l.objsubid = 1 and l.granted
    and a.datname = current_database() and a.application_name = '${holderName('rebuild')}'`;
