import type { ClientBase } from 'pg';
import { isDistributed } from '../database/distributed-log.js';
import { makePiece } from './copy.js';
import { type LogKeeping, untilFree } from './log-lock.js';
import { division, filling, gaps, LOG, type Piece, piecesOf } from './months.js';
import { move, resume } from './move.js';
import { boundSql, inShort, lockMs, makePartition, readPartitions } from './partitions.js';

export async function needsKeeping(client: ClientBase, now: number): Promise<boolean> {
  const pieces = await readPartitions(client);
  if (pieces === null) return !(await isDistributed(client));
  if (gaps(pieces).length > 0 || division(pieces.at(-1)!, now) !== null) return true;
  return (await client.query('select from log_move')).rows.length > 0;
}

/** Ends what is under way, then divides a plain log, and makes what partitions are missing. @param now in seconds */
export async function keepLog(keeping: LogKeeping, now: number): Promise<void> {
  await fillGaps(keeping, now);
  await resume(keeping);
  const pieces = await readPartitions(keeping.client);
  if (pieces === null) return move(keeping, LOG, piecesOf((await firstArrival(keeping)) ?? now, now));
  const divided = division(pieces.at(-1)!, now);
  if (divided !== null) await move(keeping, pieces.at(-1)!.name, divided);
}

/** Copies a partition into a new file: what was deleted or overwritten in it is then in no file of the log. */
export async function rewritePartition(keeping: LogKeeping, name: string): Promise<void> {
  const pieces = await readPartitions(keeping.client);
  const piece = pieces?.find((one) => one.name === name);
  if (!piece) throw new Error(`The log has no partition ${name}.`);
  if (await isDistributed(keeping.client)) await vacuum(keeping, name);
  else await move(keeping, name, [piece]);
}

async function vacuum({ client, stopped }: LogKeeping, name: string): Promise<void> {
  await untilFree(stopped, async (attempt) => {
    await client.query(`set lock_timeout = ${lockMs(attempt)}`);
    await client.query(`vacuum (full, analyze) ${name}`).finally(() => client.query('reset lock_timeout'));
  });
}

/** First: events of a missing partition wait meanwhile. */
async function fillGaps(keeping: LogKeeping, now: number): Promise<void> {
  for (const gap of gaps((await readPartitions(keeping.client)) ?? [{ name: LOG, from: -Infinity, to: Infinity }])) {
    for (const piece of filling(gap, now)) await addPiece(keeping, piece);
  }
}

/** Takes back a table that somebody detached. */
function addPiece({ client, stopped }: LogKeeping, piece: Piece): Promise<void> {
  return untilFree(stopped, (attempt) =>
    inShort(client, attempt, async () => {
      const { rows } = await client.query('select to_regclass($1) as there', [piece.name]);
      if (rows[0].there === null && (await isDistributed(client))) return makePartition(client, piece);
      if (rows[0].there === null) await makePiece(client, piece.name);
      await client.query(`alter table ${LOG} attach partition ${piece.name} ${boundSql(piece)}`);
    }),
  );
}

async function firstArrival({ client }: LogKeeping): Promise<number | null> {
  const { rows } = await client.query<{ first: number | null }>(
    `with recursive known as (
        (select project from ${LOG} order by project limit 1)
        union all
        select (select e.project from ${LOG} e where e.project > known.project order by e.project limit 1)
        from known where known.project is not null
      )
      select min(first) as first from known cross join lateral (
        select floor(date_part('epoch', received_at)) as first from ${LOG} e where e.project = known.project
        order by epoch, xid, seq limit 1) f`,
  );
  return rows[0]!.first;
}
