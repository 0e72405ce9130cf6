import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { ClockDoubt } from '../access/clock-doubt.service.js';
import { holderName, REBUILD_LOCK } from '../database/locks/advisory-locks.js';
import { Database } from '../database/database.js';
import { selectWritable } from '../database/probe.js';
import { Intake, type IntakeState } from '../intake/intake.service.js';

const patienceMs = 2_000;

/** Whether the service can take events (`intake`) and answer questions (`queries`). */
export interface HealthReport {
  /** Degraded: events are taken, but the database is away; or the clock is doubted. */
  readonly status: 'ok' | 'degraded' | 'unavailable';
  readonly intake: IntakeState;
  readonly queries: 'ok' | 'unavailable';
  /** What waits for the database, and how many entries could not be read. */
  readonly spool: { readonly entries: number; readonly bytes: number; readonly setAside: number };
  /** Doubted: many webhooks were refused by their times alone, and none was in time since. */
  readonly clock: 'ok' | 'doubted';
  /** While the log is projected again into new tables; the answers are the old ones'. Times are ISO 8601. */
  readonly rebuild: { readonly startedAt: string } | null;
}

@Injectable()
export class Health {
  private underWay: Promise<HealthReport> | null = null;

  constructor(
    private readonly database: Database,
    private readonly intake: Intake,
    private readonly clock: ClockDoubt,
  ) {}

  /** Callers that come together share one check: strangers may ask as often as they like. */
  report(): Promise<HealthReport> {
    this.underWay ??= this.check().finally(() => (this.underWay = null));
    return this.underWay;
  }

  private async check(): Promise<HealthReport> {
    const { intake: pool, queries } = this.database;
    const [writable, rebuild] = await Promise.all([canWrite(pool), rebuildUnderWay(queries)]);
    const intake = writable ? this.intake.state : this.withoutDatabase();
    const { entries, bytes, setAside } = this.intake.spool;
    const clock = this.clock.isDoubted ? 'doubted' : 'ok';
    return {
      status: statusOf({ intake, clock, queries: rebuild !== undefined }),
      intake,
      queries: rebuild ? 'ok' : 'unavailable',
      spool: { entries, bytes, setAside },
      clock,
      rebuild: rebuild?.[0] ?? null,
    };
  }

  private withoutDatabase(): IntakeState {
    return this.intake.spool.takes ? 'spooling' : 'refusing';
  }
}

interface Parts {
  readonly intake: IntakeState;
  readonly clock: HealthReport['clock'];
  readonly queries: boolean;
}

function statusOf({ intake, clock, queries }: Parts): HealthReport['status'] {
  if (intake === 'committing' && queries) return clock === 'ok' ? 'ok' : 'degraded';
  return intake === 'spooling' ? 'degraded' : 'unavailable';
}

async function canWrite(pool: Pool): Promise<boolean> {
  const rows = await answer<{ writable: boolean }>(pool, selectWritable);
  return rows?.[0]?.writable ?? false;
}

/** Undefined where the database gives no answer. */
async function rebuildUnderWay(pool: Pool): Promise<{ startedAt: string }[] | undefined> {
  const iso = `to_char(a.backend_start at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  return answer(
    pool,
    `select ${iso} as "startedAt" from pg_locks l join pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.objid = ${REBUILD_LOCK} and l.objsubid = 1 and l.granted
        and a.datname = current_database() and a.application_name = '${holderName('rebuild')}'`,
  );
}

/** A connection that gives no answer is given up: it would take a place in the pool for ever. */
async function answer<Row extends object>(pool: Pool, text: string): Promise<Row[] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  return Promise.race([rowsOf<Row>(pool, text), late]).finally(() => clearTimeout(timer));
}

async function rowsOf<Row extends object>(pool: Pool, text: string): Promise<Row[] | undefined> {
  const client = await pool.connect().catch(() => null);
  if (client === null) return undefined;
  try {
    const query = { text, query_timeout: patienceMs };
    const { rows } = await client.query<Row>(query);
    client.release();
    return rows;
  } catch {
    client.release(true);
    return undefined;
  }
}
