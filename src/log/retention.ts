import type { ClientBase } from 'pg';
import { LOG_READ_LOCK } from '../database/locks/advisory-locks.js';
import { readManifest } from './archive/manifest.js';
import type { ArchiveStore } from './archive/store.js';
import { FITS } from './copy.js';
import {
  type Archived,
  archiveRows,
  cameAfter,
  type Dropped,
  endBegunDrop,
  endDrop,
  goesWith,
  isSame,
  leavingMonth,
  leavingName,
  noteDrop,
  NotNow,
  readGoing,
  textOf,
} from './leaving.js';
import { type LogKeeping, untilFree } from './log-lock.js';
import { isMonth, LOG, PAST, type Piece } from './months.js';
import { putBack, unchanged } from './restore.js';
import { boundSql, checkSql, inShort, lockLog, readPartitions } from './partitions.js';

export interface Retention {
  readonly now: number;
  readonly ageMs: number;
  /** Null: what is dropped is lost. */
  readonly store: ArchiveStore | null;
}

/** One whose drop was broken off, or the oldest, if all of it is older than the retention. */
export async function oldestToDrop(
  client: ClientBase,
  { now, ageMs }: Pick<Retention, 'now' | 'ageMs'>,
): Promise<Piece | null> {
  const begun = await leavingMonth(client);
  if (begun !== null) return begun;
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
  try {
    const begun = await endBegunDrop(keeping, retention.store);
    if (begun !== null) dropped.push(begun);
    for (;;) {
      const month = await oldestToDrop(keeping.client, retention);
      if (month === null || keeping.stopped.aborted || !(await isUnread(keeping.client))) return dropped;
      dropped.push(await dropMonth(keeping, month, retention.store));
    }
  } catch (error) {
    if (error instanceof NotNow) return dropped;
    throw error;
  }
}

async function isUnread(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_xact_lock($1) as free', [
    LOG_READ_LOCK,
  ]);
  return rows[0]!.free;
}

async function dropMonth(keeping: LogKeeping, month: Piece, store: ArchiveStore | null): Promise<Dropped> {
  const { client, stopped } = keeping;
  if (store) await completeAgain(keeping, store, month);
  await untilFree(stopped, (attempt) =>
    inShort(client, attempt, async () => {
      await client.query(`alter table ${PAST} drop constraint if exists ${FITS}`);
      const check = checkSql({ from: 1, to: month.to });
      await client.query(`alter table ${PAST} add constraint ${FITS} check (${check}) not valid`);
    }),
  );
  await client.query(`alter table ${PAST} validate constraint ${FITS}`);
  const goes = await goesWith(client, month);
  const leaving = { month, store, goes };
  const going = await readGoing(client, month.name, goes);
  const archived = { going, archive: await archiveRows(client, month.name, { leaving, going }) };
  if (store && !isSame(await readGoing(client, month.name, goes), going)) throw new NotNow();
  await untilFree(stopped, (attempt) => inShort(client, attempt, () => exchangeForPast(client, month, archived)));
  return endDrop(keeping, leaving, archived);
}

/** A month that was put back may lack some of its archive, which the next archive takes the place of. */
async function completeAgain(keeping: LogKeeping, store: ArchiveStore, month: Piece): Promise<void> {
  const { rows } = await keeping.client.query('select from log_drop where part = $1 and archive is not null', [
    month.name,
  ]);
  const earlier = rows.length > 0 ? await readManifest(store, textOf(month)) : null;
  if (earlier !== null) await putBack(keeping, { store, rewrite: unchanged }, earlier);
}

async function exchangeForPast(client: ClientBase, month: Piece, archived: Archived): Promise<void> {
  if (!(await isUnread(client))) throw new NotNow();
  await lockLog(client);
  await client.query(`lock table ${PAST}, ${month.name} in access exclusive mode`);
  if (await cameAfter(client, month.name, archived.going!)) throw new NotNow();
  await client.query(`alter table ${LOG} detach partition ${month.name}`);
  await client.query(`alter table ${month.name} rename to ${leavingName(month)}`);
  await client.query(`alter table ${LOG} detach partition ${PAST}`);
  await client.query(`alter table ${LOG} attach partition ${PAST} ${boundSql({ from: 1, to: month.to })}`);
  await client.query(`alter table ${PAST} drop constraint ${FITS}`);
  await noteDrop(client, month, archived);
}
