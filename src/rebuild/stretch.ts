import { millisecondsOf } from '../database/milliseconds.js';
import type { Run } from '../database/transaction.js';
import type { JsonObject } from '../livekit/json.js';

/** A part of the log: what one snapshot of the database sees and an earlier one does not. */
export interface Stretch {
  readonly epoch: number;
  /** Null: from the log's beginning. */
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

interface Place {
  readonly epoch: number;
  readonly xid: string;
  readonly seq: string;
}

const PAGE = 1000;
/** All rows of a page are measured before its bytes bound it: where they are large, few are looked at. */
const FIRST_PAGE = 125;
const PAGE_BYTES = 8 * 1024 * 1024;

/** From where an earlier one ended to what is committed now. In a transaction: to what it sees. */
export async function stretchSince(run: Run, home: string, before: Stretch | null): Promise<Stretch> {
  const [now] = await run<{ epoch: number; until: string }>({
    name: 'until now',
    text: `select epoch, pg_current_snapshot()::text as until from ${home}.log_epoch`,
    values: [],
  });
  return { ...now!, since: before?.until ?? null };
}

/** The stretch's rows, project by project in the log's order, in pages of bounded number and size. */
export async function* pagesOf(run: Run, home: string, stretch: Stretch): AsyncGenerator<LogRow[]> {
  const start = startOf(stretch);
  for (const project of await projectsAfter(run, home, start)) {
    let place: Place = start;
    let most = FIRST_PAGE;
    for (;;) {
      const rows: (LogRow & Place)[] = await pageAfter(run, home, { stretch, project, place, most });
      const last = rows.at(-1);
      if (!last) break;
      yield rows;
      place = last;
      most = Math.min(PAGE, rows.length * 2);
    }
  }
}

/** Nothing that the earlier snapshot did not see has a transaction below its least open one. */
function startOf({ since, epoch }: Stretch): Place {
  const least = since?.split(':')[0];
  return least === undefined ? { epoch: 0, xid: '0', seq: '0' } : { epoch, xid: least, seq: '0' };
}

/** The projects that have anything there: one step in the log's index each. */
async function projectsAfter(run: Run, home: string, { epoch, xid }: Place): Promise<string[]> {
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

interface Page {
  readonly stretch: Stretch;
  readonly project: string;
  readonly place: Place;
  readonly most: number;
}

function pageAfter(run: Run, home: string, { stretch, project, place, most }: Page): Promise<(LogRow & Place)[]> {
  const order = 'e.epoch, e.xid, e.seq';
  return run<LogRow & Place>({
    name: 'log page',
    text: `select project, id, created, payload, problem, received, epoch, xid, seq from (
        select e.project, e.id, e.created_seconds::text as created, e.payload, e.problem, e.epoch, e.xid::text, e.seq::text,
          ${millisecondsOf('e.received_at')} as received, octet_length(e.payload::text) as size,
          sum(octet_length(e.payload::text)) over (order by ${order} rows unbounded preceding) as bytes
        from ${home}.webhook_event e
        where e.project = $1 and (${order}) > ($2::int, $3::bigint, $4::bigint)
          and (e.epoch < $5 or pg_visible_in_snapshot(e.xid::text::xid8, $6::pg_snapshot))
          and ($7::pg_snapshot is null or not pg_visible_in_snapshot(e.xid::text::xid8, $7::pg_snapshot))
        order by ${order} limit $8::int) page
      where bytes - size < ${PAGE_BYTES}`,
    values: [project, place.epoch, place.xid, place.seq, stretch.epoch, stretch.until, stretch.since, most],
  });
}
