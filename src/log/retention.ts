import type { ClientBase } from 'pg';
import { LOG_READ_LOCK } from '../database/locks/advisory-locks.js';
import { folderOf, readManifest, writeManifest } from './archive/manifest.js';
import type { ArchiveStore } from './archive/store.js';
import { type Part, writeParts } from './archive/write.js';
import { FITS, noteChanges } from './copy.js';
import { linesOf } from './log-lines.js';
import { type LogKeeping, untilFree } from './log-lock.js';
import { FUTURE, isMonth, LOG, PAST, type Piece, UNDATED } from './months.js';
import { putBack, unchanged } from './restore.js';
import { boundSql, checkSql, inShort, lockLog, readPartitions } from './partitions.js';

export interface Retention {
  readonly now: number;
  readonly ageMs: number;
  /** Null: what is dropped is lost. */
  readonly store: ArchiveStore | null;
}

export interface Dropped {
  readonly month: string;
  readonly rows: number;
  readonly archive: string | null;
}

/** Somebody reads the log, or wrote to what was archived. */
class NotNow extends Error {}

/** The oldest month, if all of it is older than the retention. */
export async function oldestToDrop(
  client: ClientBase,
  { now, ageMs }: Pick<Retention, 'now' | 'ageMs'>,
): Promise<Piece | null> {
  const oldest = (await readPartitions(client))?.find(isMonth);
  if (!oldest || oldest.to * 1000 > now - ageMs) return null;
  const { rows } = await client.query('select from log_drop where part = $1 and restored_at > $2', [
    oldest.name,
    new Date(now - ageMs),
  ]);
  return rows.length > 0 ? null : oldest;
}

/** Archives and drops whole months, the oldest first, and events without a true time that arrived until then. */
export async function dropOldMonths(keeping: LogKeeping, retention: Retention): Promise<Dropped[]> {
  const dropped: Dropped[] = [];
  for (;;) {
    const month = await oldestToDrop(keeping.client, retention);
    if (month === null || keeping.stopped.aborted) return dropped;
    try {
      if (!(await isUnread(keeping.client))) return dropped;
      dropped.push(await dropMonth(keeping, month, retention.store));
    } catch (error) {
      if (error instanceof NotNow) return dropped;
      throw error;
    }
  }
}

async function isUnread(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_xact_lock($1) as free', [
    LOG_READ_LOCK,
  ]);
  return rows[0]!.free;
}

const odd = [UNDATED.name, PAST, FUTURE];

/** Rows of odd times that go with a month: they arrived before its end, and are seen by a snapshot. */
function goesSql({ to }: Piece, snapshot: string): string {
  return `e.received_at < to_timestamp(${to}) and e.epoch <= (select epoch from log_epoch)
    and pg_visible_in_snapshot(e.xid::text::xid8, '${snapshot}'::pg_snapshot)`;
}

interface Going {
  readonly rows: number;
  readonly epoch: number | null;
  readonly xid: string | null;
  readonly seq: string | null;
  readonly createdUntil: Date | null;
  readonly receivedUntil: Date | null;
}

async function dropMonth(keeping: LogKeeping, month: Piece, store: ArchiveStore | null): Promise<Dropped> {
  const { client, stopped } = keeping;
  const name = month.name.slice(LOG.length + 1).replace('_', '-');
  if (store) await completeAgain(keeping, store, { name, month });
  await untilFree(stopped, (attempt) =>
    inShort(client, attempt, async () => {
      await noteChanges(client, month.name);
      await client.query(`alter table ${PAST} drop constraint if exists ${FITS}`);
      const check = checkSql({ from: 1, to: month.to });
      await client.query(`alter table ${PAST} add constraint ${FITS} check (${check}) not valid`);
    }),
  );
  await client.query(`alter table ${PAST} validate constraint ${FITS}`);
  const { rows } = await client.query<{ now: string }>('select pg_current_snapshot()::text as now');
  const goes = goesSql(month, rows[0]!.now);
  const going = await readGoing(client, month, goes);
  const archive = store && going.rows > 0 ? await archiveMonth(client, store, { name, month, goes }) : null;
  if (archive !== null && archive.rows !== going.rows) throw new NotNow();
  const dropped = { month: name, rows: going.rows, archive: archive?.place ?? null };
  await untilFree(stopped, (attempt) =>
    inShort(client, attempt, () => exchangeForPast(client, month, { going, dropped })),
  );
  await deleteOdd(client, goes);
  return dropped;
}

/** A month that was put back may lack some of its archive, which the next archive takes the place of. */
async function completeAgain(
  keeping: LogKeeping,
  store: ArchiveStore,
  { name, month }: { name: string; month: Piece },
): Promise<void> {
  const { rows } = await keeping.client.query('select from log_drop where part = $1 and archive is not null', [
    month.name,
  ]);
  const earlier = rows.length > 0 ? await readManifest(store, name) : null;
  if (earlier !== null) await putBack(keeping, { store, rewrite: unchanged }, earlier);
}

async function readGoing(client: ClientBase, month: Piece, goes: string): Promise<Going> {
  const all = [`select * from ${month.name}`, ...odd.map((part) => `select * from ${part} e where ${goes}`)].join(
    ' union all ',
  );
  const { rows } = await client.query<Going>(
    `select count(*) as rows, (max(array[epoch, xid, seq]))[1]::int as epoch, (max(array[epoch, xid, seq]))[2]::text as xid,
      (max(array[epoch, xid, seq]))[3]::text as seq, coalesce(max(created_at) filter (where projected), 'epoch') as "createdUntil", max(received_at) as "receivedUntil"
    from (${all}) e`,
  );
  return rows[0]!;
}

async function archiveMonth(
  client: ClientBase,
  store: ArchiveStore,
  { name, month, goes }: { name: string; month: Piece; goes: string },
): Promise<{ place: string; rows: number }> {
  const lines = async function* () {
    yield* linesOf(client, month.name);
    for (const part of odd) yield* linesOf(client, part, goes);
  };
  const parts: Part[] = await writeParts(store, folderOf(name), lines());
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const place = await writeManifest(store, { month: name, from: month.from, to: month.to, rows, parts });
  return { place, rows };
}

async function exchangeForPast(
  client: ClientBase,
  month: Piece,
  { going, dropped }: { going: Going; dropped: Dropped },
): Promise<void> {
  if (!(await isUnread(client))) throw new NotNow();
  await lockLog(client);
  await client.query(`lock table ${PAST}, ${month.name} in access exclusive mode`);
  if ((await client.query('select from log_change limit 1')).rows.length > 0) throw new NotNow();
  await client.query(`alter table ${LOG} detach partition ${month.name}`);
  await client.query(`drop table ${month.name}`);
  await client.query(`alter table ${LOG} detach partition ${PAST}`);
  await client.query(`alter table ${LOG} attach partition ${PAST} ${boundSql({ from: 1, to: month.to })}`);
  await client.query(`alter table ${PAST} drop constraint ${FITS}`);
  if (going.rows === 0) return;
  await client.query(
    `insert into log_drop (part, epoch, xid, seq, created_until, received_until, rows, archive) values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict (part) do update set (epoch, xid, seq, created_until, received_until, rows, archive, dropped_at, restored_at)
        = (excluded.epoch, excluded.xid, excluded.seq, excluded.created_until, excluded.received_until, excluded.rows, excluded.archive, now(), null)`,
    [
      month.name,
      going.epoch,
      going.xid,
      going.seq,
      going.createdUntil,
      going.receivedUntil,
      going.rows,
      dropped.archive,
    ],
  );
}

const PAGES = 256;

/** In short steps. What is left by a crash goes with the next month. */
async function deleteOdd(client: ClientBase, goes: string): Promise<void> {
  for (const part of odd) {
    const { rows } = await client.query<{ pages: number }>(
      `select pg_relation_size($1::regclass) / current_setting('block_size')::int as pages`,
      [part],
    );
    for (let page = 0; page < rows[0]!.pages; page += PAGES) {
      const range = `ctid >= '(${page},0)' and ctid < '(${page + PAGES},0)'`;
      await client.query(`delete from only ${part} e where ${range} and ${goes}`);
    }
  }
}
