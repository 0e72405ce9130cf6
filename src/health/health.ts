import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { Database } from '../database/database.js';
import { holderName, REBUILD_LOCK } from '../rebuild/lock.js';

const patienceMs = 2_000;

/** Whether the service can take events (`intake`) and answer questions (`queries`). */
export interface HealthReport {
  readonly status: Ability;
  readonly intake: Ability;
  readonly queries: Ability;
  /** While the log is projected again into new tables; the answers are the old ones'. Times are ISO 8601. */
  readonly rebuild: { readonly startedAt: string } | null;
}

type Ability = 'ok' | 'unavailable';

@Injectable()
export class Health {
  private underWay: Promise<HealthReport> | null = null;

  constructor(private readonly database: Database) {}

  /** Callers that come together share one check: strangers may ask as often as they like. */
  report(): Promise<HealthReport> {
    this.underWay ??= this.check().finally(() => (this.underWay = null));
    return this.underWay;
  }

  private async check(): Promise<HealthReport> {
    const { intake, queries } = this.database;
    const [writable, rebuild] = await Promise.all([canWrite(intake), rebuildUnderWay(queries)]);
    return {
      status: writable && rebuild ? 'ok' : 'unavailable',
      intake: writable ? 'ok' : 'unavailable',
      queries: rebuild ? 'ok' : 'unavailable',
      rebuild: rebuild?.[0] ?? null,
    };
  }
}

async function canWrite(pool: Pool): Promise<boolean> {
  const rows = await answer<{ writable: boolean }>(pool, 'select not pg_is_in_recovery() as writable');
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

async function answer<Row extends object>(pool: Pool, sql: string): Promise<Row[] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  const asked = pool.query<Row>(sql).then(
    ({ rows }) => rows,
    () => undefined,
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
