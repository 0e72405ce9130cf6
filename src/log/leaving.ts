import type { ClientBase } from 'pg';
import { isDistributed, settledSnapshot, type Unsettled, unsettledSql } from '../database/distributed-log.js';
import { freeFolderOf, writeManifest } from './archive/manifest.js';
import type { ArchiveStore } from './archive/store.js';
import { type Part, writeParts } from './archive/write.js';
import { linesOf, PAGES, pagesOf } from './log-lines.js';
import { type LogKeeping, untilFree } from './log-lock.js';
import { FUTURE, LOG, monthPiece, PAST, type Piece, UNDATED } from './months.js';
import { inShort } from './partitions.js';

/** The name of a month that has left the log, until its archive is known to be whole. */
const LEAVING = 'log_leaving';
const odd = [UNDATED.name, PAST, FUTURE];

export interface Leaving {
  readonly month: Piece;
  readonly store: ArchiveStore | null;
  readonly goes: string;
}

export interface Going {
  readonly projects: readonly string[];
  readonly rows: number;
  readonly sum: string;
  readonly epoch: number | null;
  readonly xid: string | null;
  readonly seq: string | null;
  /** ms */
  readonly createdUntil: number;
  readonly receivedUntil: number;
}

interface ProjectGoing {
  readonly project: string;
  readonly rows: number;
  readonly sum: string;
  readonly createdUntil: Date;
  readonly receivedUntil: Date;
}

export interface Archived {
  readonly going: Going | null;
  readonly archive: string | null;
}

export interface Dropped {
  readonly month: string;
  readonly rows: number;
  readonly archive: string | null;
}

export class NotNow extends Error {}

export function leavingName({ name }: Piece): string {
  return `${LEAVING}${name.slice(LOG.length)}`;
}

export function textOf({ name }: Piece): string {
  return name.slice(LOG.length + 1).replace('_', '-');
}

export async function leavingMonth(client: ClientBase): Promise<Piece | null> {
  const { rows } = await client.query<{ text: string }>(
    `select translate(right(relname, 7), '_', '-') as text from pg_class where relname ~ '^${LEAVING}_\\d{4}_\\d\\d$'
      and relnamespace = (select relnamespace from pg_class where oid = '${LOG}'::regclass)`,
  );
  return rows[0] ? monthPiece(Date.parse(`${rows[0].text}-01`) / 1000) : null;
}

/** A condition, on the alias `e`: rows of odd times that arrived before a month's end, and are seen now. */
export async function goesWith(client: ClientBase, { to }: Piece): Promise<string> {
  const seen = (await isDistributed(client))
    ? unsettledSql()
    : 'select pg_current_snapshot()::text as snapshot, array[]::text[] as prepared';
  const { rows } = await client.query<Unsettled & { epoch: number }>(
    `select epoch, seen.* from log_epoch, (${seen}) seen`,
  );
  return `e.received_at < to_timestamp(${to}) and e.epoch <= ${rows[0]!.epoch}
    and pg_visible_in_snapshot(e.xid::text::xid8, '${settledSnapshot(rows[0]!)}'::pg_snapshot)`;
}

export async function readGoing(client: ClientBase, table: string, goes: string): Promise<Going> {
  const parts = odd.map((part) => `union all select * from ${part} e where ${goes}`);
  const all = `(select * from ${table} ${parts.join(' ')}) e`;
  const { rows: sums } = await client.query<ProjectGoing>(
    `select project, count(*) as rows, sum(hashtextextended(e::text, 0))::text as sum,
      coalesce(max(created_at) filter (where projected), 'epoch') as "createdUntil", max(received_at) as "receivedUntil"
    from ${all} group by project`,
  );
  const { rows: last } = await client.query(
    `select e.epoch, e.xid::text as xid, e.seq::text as seq from ${all} order by e.epoch desc, e.xid desc, e.seq desc limit 1`,
  );
  return {
    projects: sums.map(({ project }) => project),
    rows: sums.reduce((total, { rows }) => total + rows, 0),
    sum: String(sums.reduce((total, { sum }) => total + BigInt(sum), 0n)),
    createdUntil: Math.max(0, ...sums.map((one) => Number(one.createdUntil))),
    receivedUntil: Math.max(0, ...sums.map((one) => Number(one.receivedUntil))),
    ...last[0],
  };
}

/** By the index of the log's order, so that it can be asked while the log is locked. */
export async function cameAfter(client: ClientBase, table: string, going: Going): Promise<boolean> {
  const { rows: count, projects, epoch, xid, seq } = going;
  const { rows } = await client.query(
    `select from ${table} where $1 or project = any($2) and (epoch, xid, seq) > ($3, $4, $5) limit 1`,
    [count === 0, projects, epoch, xid, seq],
  );
  return rows.length > 0;
}

export function isSame(one: Going, other: Going | null): boolean {
  return one.rows === other?.rows && one.sum === other.sum;
}

export async function archiveRows(
  client: ClientBase,
  table: string,
  { leaving: { month, store, goes }, going }: { leaving: Leaving; going: Going },
): Promise<string | null> {
  if (store === null || going.rows === 0) return null;
  const lines = async function* () {
    yield* linesOf(client, table);
    for (const part of odd) yield* linesOf(client, part, goes);
  };
  const name = textOf(month);
  const parts: Part[] = await writeParts(store, await freeFolderOf(store, name), lines());
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const place = await writeManifest(store, { month: name, from: month.from, to: month.to, rows, parts });
  if (rows !== going.rows) throw new NotNow(`Somebody writes to ${table}.`);
  return place;
}

/** `created_until` is the month's end: what was written last was not read yet. */
export async function noteDrop(client: ClientBase, { name, to }: Piece, { going, archive }: Archived): Promise<void> {
  if (!going?.rows) return;
  const createdUntil = new Date(Math.max(going.createdUntil, to * 1000 - 1));
  await client.query(
    `insert into log_drop (part, epoch, xid, seq, created_until, received_until, rows, archive) values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict (part) do update set (epoch, xid, seq, created_until, received_until, rows, archive, dropped_at, restored_at)
        = (excluded.epoch, excluded.xid, excluded.seq, excluded.created_until, excluded.received_until, excluded.rows, excluded.archive, now(), null)`,
    [name, going.epoch, going.xid, going.seq, createdUntil, new Date(going.receivedUntil), going.rows, archive],
  );
}

export async function endBegunDrop(keeping: LogKeeping, store: ArchiveStore | null): Promise<Dropped | null> {
  const month = await leavingMonth(keeping.client);
  if (month === null) return null;
  const { rows } = await keeping.client.query<{ archive: string | null }>(
    'select archive from log_drop where part = $1',
    [month.name],
  );
  const leaving = { month, store, goes: await goesWith(keeping.client, month) };
  return endDrop(keeping, leaving, { going: null, archive: rows[0]?.archive ?? null });
}

/** Nobody writes to a month that left the log. What was written while it was archived is archived now. */
export async function endDrop({ client, stopped }: LogKeeping, leaving: Leaving, archived: Archived): Promise<Dropped> {
  const { month, store, goes } = leaving;
  const table = leavingName(month);
  const going = await readGoing(client, table, goes);
  let { archive } = archived;
  if (!isSame(going, archived.going)) {
    if (store) archive = await archiveRows(client, table, { leaving, going });
    await noteDrop(client, month, { going, archive });
  }
  await untilFree(stopped, (attempt) => inShort(client, attempt, () => client.query(`drop table ${table}`)));
  await deleteOdd(client, goes);
  return { month: textOf(month), rows: going.rows, archive };
}

/** In short steps. What is left by a crash goes with the next month. */
async function deleteOdd(client: ClientBase, goes: string): Promise<void> {
  for (const part of odd) {
    const pages = await pagesOf(client, part);
    for (let page = 0; page < pages; page += PAGES) {
      await client.query(
        `delete from ${part} e where ctid >= '(${page},0)' and ctid < '(${page + PAGES},0)' and ${goes}`,
      );
    }
  }
}
