import type { Pool } from 'pg';
import { inTransaction, type Run, type Statement } from '../database/transaction.js';
import { readEvent, type LedgerEvent } from '../livekit/event.js';
import type { JsonObject } from '../livekit/json.js';
import { apart, poisonOf } from './apart.js';
import { lockStatement } from './lock.js';
import { project } from './project.js';

/** Held for as long as a rebuild runs: two at once would only do the work twice. */
const REBUILD_LOCK = 72707371;
const BATCH = 500;
const BATCH_BYTES = 16 * 1024 * 1024;
const tables = 'room, participant, track, egress, ingress_session, agent_job';

/**
 * Empties the projected tables and projects the whole log again, batch by batch. Events that arrive
 * meanwhile are projected as ever: by the law it does not matter who comes first, or twice. A rebuild
 * that was interrupted goes on where it was.
 *
 * @returns how many events were projected by this call
 * @throws Error when another rebuild is running
 */
export async function rebuild(pool: Pool, report: (events: number) => void = () => undefined): Promise<number> {
  const holder = await pool.connect();
  try {
    const { rows } = await holder.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [REBUILD_LOCK]);
    if (!rows[0]?.held) throw new Error('Another rebuild is running.');
    await emptyTables(pool);
    let done = 0;
    for (let count = await projectNext(pool); count > 0; count = await projectNext(pool)) report((done += count));
    await pool.query('delete from rebuild');
    return done;
  } finally {
    holder.release(true);
  }
}

/** Unless an interrupted rebuild did it already. Waits only briefly for running batches, then tries again. */
async function emptyTables(pool: Pool): Promise<void> {
  const empty = (run: Run) =>
    run<{ fresh: boolean }>({
      name: 'begin rebuild',
      text: 'insert into rebuild default values on conflict do nothing returning true as fresh',
      values: [],
    }).then(([begun]) => (begun ? [statement('patience', `set local lock_timeout = '500ms'`), truncate] : []));
  await apart(
    [empty],
    () => inTransaction(pool, empty),
    (_, error) => Promise.reject(error),
  );
}

const truncate = statement('truncate', `truncate ${tables}`);

function statement(name: string, text: string): Statement {
  return { name, text, values: [] };
}

interface LogRow {
  project: string;
  id: string;
  created: string;
  payload: JsonObject;
  received: number;
  problem: string | null;
  epoch: number;
  xid: string;
  seq: string;
}

type Place = Pick<LogRow, 'project' | 'epoch' | 'xid' | 'seq'>;

/** The next batch of the log, in one transaction; the rebuild remembers how far it came. */
async function projectNext(pool: Pool): Promise<number> {
  const { rows: places } = await pool.query<Place>('select project, epoch, xid, seq from rebuild');
  const [place] = places;
  const rows = place ? await rowsAfter(pool, place) : [];
  const last = rows.at(-1);
  if (!last) return 0;
  await apart(
    rows,
    (some) =>
      projectRows(
        pool,
        some.map((row) => ({ row, event: readRow(row) })),
      ),
    (row, error) => projectRows(pool, [{ row, event: { ...readRow(row), problem: poisonOf(error) } }]),
  );
  await pool.query('update rebuild set project = $1, epoch = $2, xid = $3, seq = $4', valuesOf(last));
  return rows.length;
}

async function rowsAfter(pool: Pool, place: Place): Promise<LogRow[]> {
  const { rows } = await pool.query<LogRow>({
    name: 'log after',
    text: `select * from (
        select e.project, e.id, e.created_seconds::text as created, e.payload, e.problem, e.epoch, e.xid::text, e.seq::text,
          (extract(epoch from e.received_at) * 1000)::float8 as received,
          sum(octet_length(e.payload::text)) over (order by e.project, e.epoch, e.xid, e.seq) as bytes
        from webhook_event e
        where (e.project, e.epoch, e.xid, e.seq) > ($1, $2, $3, $4)
        order by e.project, e.epoch, e.xid, e.seq limit ${BATCH}) page
      where bytes - octet_length(payload::text) < ${BATCH_BYTES}
      order by project, epoch, xid::bigint, seq::bigint`,
    values: valuesOf(place),
  });
  return rows;
}

function valuesOf({ project, epoch, xid, seq }: Place): unknown[] {
  return [project, epoch, xid, seq];
}

function readRow(row: LogRow): LedgerEvent {
  return readEvent(row.project, row.payload, row.received);
}

async function projectRows(pool: Pool, read: readonly { row: LogRow; event: LedgerEvent }[]): Promise<void> {
  await inTransaction(pool, async (run) => {
    const events = read.map(({ event }) => event);
    await run(lockStatement(events));
    const changed = read.filter(({ row, event }) => row.problem !== event.problem);
    return [...(await project(run, events)), ...(changed.length > 0 ? [markStatement(changed)] : [])];
  });
}

/** What this version can, or cannot, project is said in the log. */
function markStatement(changed: readonly { row: LogRow; event: LedgerEvent }[]): Statement {
  return {
    name: 'mark projected',
    text: `update webhook_event e set problem = u.problem, projected = u.problem is null
      from unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) u(id, project, created, problem)
      where e.id = u.id and e.project = u.project and e.created_seconds = u.created`,
    values: [
      changed.map(({ row }) => row.id),
      changed.map(({ row }) => row.project),
      changed.map(({ row }) => row.created),
      changed.map(({ event }) => event.problem),
    ],
  };
}
