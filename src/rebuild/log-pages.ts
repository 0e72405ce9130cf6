import { settledSnapshot, type Unsettled, unsettledSql } from '../database/distributed-log.js';
import { millisecondsOf } from '../database/milliseconds.js';
import type { Run } from '../database/transaction.js';
import { OWN_ID, readEvent, type LedgerEvent } from '../livekit/event.js';
import type { JsonObject } from '../livekit/json.js';
import { readFinding } from '../projection/finding.js';

/** The part of the log that a snapshot sees and an earlier one did not. */
export interface LogStretch {
  readonly epoch: number;
  /** Null: from the beginning. */
  readonly since: string | null;
  readonly until: string;
}

export interface LogRow {
  readonly project: string;
  readonly id: string;
  readonly created: string;
  readonly payload: JsonObject;
  readonly received: number;
  readonly problem: string | null;
}

export interface RoutedRow extends LogRow {
  /** What its share was chosen by. */
  readonly route: string;
}

/** The `share`th of so many shares, which can be projected side by side; or the whole stretch. */
export interface SharedStretch extends LogStretch {
  readonly share?: number;
  readonly shares?: number;
}

/** By what was logged, mostly the key that the event's merge locks. */
const route = `coalesce(e.egress_id, e.ingress_id, e.job_id, e.room_name, '')`;

/** A row of the log, and its event as this version reads it. */
export interface Replayed {
  readonly row: RoutedRow;
  readonly event: LedgerEvent;
}

export function readRow(row: RoutedRow): Replayed {
  return { row, event: readLogged(row) };
}

/** As this version reads it, whatever problem it was logged with. */
export function readLogged({ project, id, payload, received }: Omit<LogRow, 'created' | 'problem'>): LedgerEvent {
  const read = id.startsWith(OWN_ID) ? readFinding : readEvent;
  return read(project, payload, received);
}

interface LogPosition {
  readonly epoch: number;
  readonly xid: string;
  readonly seq: string;
}

const PAGE = 4000;
/** Small, because Postgres measures every row of a page before the byte limit applies. */
const FIRST_PAGE = 125;
const PAGE_BYTES = 8 * 1024 * 1024;

export interface Log {
  readonly home: string;
  readonly distributed: boolean;
}

/** From the end of the earlier stretch to what the current snapshot sees, but for what is prepared on workers. */
export async function stretchSince(
  run: Run,
  { home, distributed }: Log,
  before: LogStretch | null,
): Promise<LogStretch & { whole: boolean }> {
  const [now] = await run<{ epoch: number }>({
    name: 'epoch',
    text: `select epoch from ${home}.log_epoch`,
    values: [],
  });
  const text = distributed
    ? unsettledSql(`${home}.`)
    : 'select pg_current_snapshot()::text as snapshot, array[]::text[] as prepared';
  const [seen] = await run<Unsettled>({ name: 'until now', text, values: [] });
  return { ...now!, since: before?.until ?? null, until: settledSnapshot(seen!), whole: seen!.prepared.length === 0 };
}

/** By project, then in log order. Pages are bounded in rows and bytes. */
export async function* pagesOf(run: Run, log: Log, stretch: SharedStretch): AsyncGenerator<RoutedRow[]> {
  const start = startOf(stretch);
  for await (const project of log.distributed ? projects(run, log.home) : await projectsAfter(run, log.home, start)) {
    let position: LogPosition = start;
    let most = FIRST_PAGE;
    for (;;) {
      const rows: (RoutedRow & LogPosition)[] = await pageAfter(run, log.home, { stretch, project, position, most });
      const last = rows.at(-1);
      if (!last) break;
      yield rows;
      position = last;
      most = Math.min(PAGE, rows.length * 2);
    }
  }
}

/** Whatever the earlier snapshot did not see has at least the id of its oldest open transaction. */
function startOf({ since, epoch }: LogStretch): LogPosition {
  const least = since?.split(':')[0];
  return least === undefined ? { epoch: 0, xid: '0', seq: '0' } : { epoch, xid: least, seq: '0' };
}

/** Citus refuses the recursion of {@link projectsAfter}. */
async function* projects(run: Run, home: string): AsyncGenerator<string> {
  for (let project = ''; ; yield project) {
    const [next] = await run<{ project: string }>({
      name: 'next project',
      text: `select project from ${home}.webhook_event where project > $1 order by project limit 1`,
      values: [project],
    });
    if (next === undefined) return;
    project = next.project;
  }
}

async function projectsAfter(run: Run, home: string, { epoch, xid }: LogPosition): Promise<string[]> {
  const rows = await run<{ project: string }>({
    name: 'projects with news',
    text: `with recursive known as (
        (select e.project from ${home}.webhook_event e order by e.project limit 1)
        union all
        select (select e.project from ${home}.webhook_event e where e.project > known.project order by e.project limit 1)
        from known where known.project is not null
      )
      select project from known where project is not null and exists (
        select from ${home}.webhook_event e where e.project = known.project and (e.epoch, e.xid) >= ($1::int, $2::bigint))`,
    values: [epoch, xid],
  });
  return rows.map(({ project }) => project);
}

interface PageRequest {
  readonly stretch: SharedStretch;
  readonly project: string;
  readonly position: LogPosition;
  readonly most: number;
}

function pageAfter(
  run: Run,
  home: string,
  { stretch, project, position, most }: PageRequest,
): Promise<(RoutedRow & LogPosition)[]> {
  const order = 'e.epoch, e.xid, e.seq';
  return run<RoutedRow & LogPosition>({
    name: 'log page',
    text: `select project, id, created, payload, problem, received, route, epoch, xid::text, seq::text from (
        select e.*, sum(size) over (order by ${order} rows unbounded preceding) as bytes from (
          select e.project, ${route} as route, e.id, e.created_seconds::text as created, e.payload, e.problem, e.epoch, e.xid, e.seq,
            ${millisecondsOf('e.received_at')} as received, octet_length(e.payload::text) as size
          from ${home}.webhook_event e
          where e.project = $1 and (${order}) > ($2::int, $3::bigint, $4::bigint)
            and (e.epoch < $5 or pg_visible_in_snapshot(e.xid::text::xid8, $6::pg_snapshot))
            and ($7::pg_snapshot is null or not pg_visible_in_snapshot(e.xid::text::xid8, $7::pg_snapshot))
            and ($9::int = 1 or (hashtext(${route}) & 65535) % $9 = $8::int)
          order by ${order} limit $10::int) e) page
      where bytes - size < ${PAGE_BYTES}`,
    values: [
      project,
      position.epoch,
      position.xid,
      position.seq,
      stretch.epoch,
      stretch.until,
      stretch.since,
      stretch.share ?? 0,
      stretch.shares ?? 1,
      most,
    ],
  });
}
