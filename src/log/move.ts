import { setTimeout as pause } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { isDistributed } from '../database/distributed-log.js';
import { COPY, copyChanges, copyName, copyPages, forgetChanges, makeCopies, noteChanges, type Move } from './copy.js';
import { exchangeLog, exchangePartition } from './exchange.js';
import { type LogKeeping, untilFree } from './log-lock.js';
import { LOG, type Piece } from './months.js';
import { inShort, lockLog, makePartition } from './partitions.js';

const STEP_MS = 150;
const FIRST_STEP = 16;
const LARGEST_STEP = 4096;
/** Between looks at what was written meanwhile. */
const STEPS = 20;
/** Writes that may be followed while everybody waits. */
const FEW = 100;

/** Puts new tables in the place of the log, or of a partition, in steps that are short and survive a crash. */
export async function move(keeping: LogKeeping, source: string, pieces: readonly Piece[]): Promise<void> {
  if (await isDistributed(keeping.client)) return moveAtOnce(keeping, source, pieces);
  await resume(keeping);
  await untilFree(keeping.stopped, (attempt) =>
    inShort(keeping.client, attempt, () => begin(keeping.client, source, pieces)),
  );
  await resume(keeping);
}

const OLD = `${COPY}_source`;

/** Citus has no triggers by which to follow what is written meanwhile, so nothing is. */
async function moveAtOnce({ client, stopped }: LogKeeping, source: string, pieces: readonly Piece[]): Promise<void> {
  await untilFree(stopped, (attempt) =>
    inShort(client, attempt, async () => {
      await lockLog(client);
      await client.query(`alter table ${LOG} detach partition ${source}`);
      await client.query(`alter table ${source} rename to ${OLD}`);
      for (const piece of pieces) await makePartition(client, piece);
      await client.query(`insert into ${LOG} select * from ${OLD}`);
      await client.query(`drop table ${OLD}`);
    }),
  );
}

/** Ends what was begun, by whomever. */
export async function resume({ client, stopped }: LogKeeping): Promise<void> {
  const begun = await readMove(client);
  if (begun === null) return;
  if (!(await isUnderWay(client, begun)))
    return untilFree(stopped, (attempt) => inShort(client, attempt, () => giveUp(client)));
  // The exchange's commit makes all of it durable.
  await client.query('set synchronous_commit = off');
  await copyAll(client, begun, stopped);
  await analyze(client, begun);
  await client.query('set synchronous_commit = on');
  const isWhole = begun.source === LOG;
  await untilFree(stopped, async (attempt) => {
    await catchUp(client, begun.source);
    await inShort(client, attempt, () => (isWhole ? exchangeLog(client) : exchangePartition(client, begun)));
  });
}

export async function readMove(client: ClientBase): Promise<Move | null> {
  const { rows } = await client.query<Omit<Move, 'pieces'> & { pieces: [string, number | null, number | null][] }>(
    'select source, node::text, pages, page, pieces from log_move',
  );
  const [found] = rows;
  if (!found) return null;
  const pieces = found.pieces.map(([name, from, to]) => ({ name, from: from ?? -Infinity, to: to ?? Infinity }));
  return { ...found, pieces };
}

async function begin(client: ClientBase, source: string, pieces: readonly Piece[]): Promise<void> {
  await makeCopies(client, source, pieces);
  await noteChanges(client, source);
  const written = pieces.map(({ name, from, to }) => [
    name,
    Number.isFinite(from) ? from : null,
    Number.isFinite(to) ? to : null,
  ]);
  await client.query(
    `insert into log_move (source, node, pages, pieces)
      select $1::text, pg_relation_filenode($1::regclass)::bigint,
        pg_relation_size($1::regclass) / current_setting('block_size')::int, $2::json`,
    [source, JSON.stringify(written)],
  );
}

/** But for empty ones: with statistics that say so, plans would read a new month from end to end. */
async function analyze(client: ClientBase, { source, pieces }: Move): Promise<void> {
  const names = pieces.map((piece) => copyName(source, piece));
  const { rows } = await client.query<{ name: string }>(
    'select name from unnest($1::text[]) name where pg_relation_size(name::regclass) > 0',
    [names],
  );
  for (const { name } of rows) await client.query(`vacuum (analyze) ${name}`);
}

/** Somebody may have replaced the source or its file. */
async function isUnderWay(client: ClientBase, { source, node }: Move): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_trigger where tgrelid = to_regclass($1) and tgname = 'note_log_change'
      and pg_relation_filenode(tgrelid)::text = $2 and to_regclass('${COPY}') is not null`,
    [source, node],
  );
  return rows.length > 0;
}

async function giveUp(client: ClientBase): Promise<void> {
  await forgetChanges(client);
  await client.query(`drop table if exists ${COPY}`);
  await client.query('delete from log_move');
}

async function copyAll(client: ClientBase, { source, node, pages, page }: Move, stopped: AbortSignal): Promise<void> {
  let step = FIRST_STEP;
  for (let [at, steps] = [page, 1]; at < pages; steps++) {
    stopped.throwIfAborted();
    const [from, to] = [at, Math.min(at + step, pages)];
    const began = performance.now();
    await inShort(client, 1, async () => {
      await copyPages(client, source, [from, to]);
      const moved = 'update log_move set page = $1 where pg_relation_filenode($2::regclass)::text = $3';
      const { rowCount } = await client.query(moved, [to, source, node]);
      if (rowCount !== 1) throw new Error(`${source} was rewritten meanwhile, and is copied anew.`);
    });
    const took = performance.now() - began;
    at = to;
    step = Math.round(Math.min(Math.max((step * STEP_MS) / took, step / 4, 1), step * 2, LARGEST_STEP));
    if (steps % STEPS === 0) await catchUp(client, source);
    // Others have the disk as long as this had it.
    await pause(Math.min(took, STEP_MS));
  }
}

async function catchUp(client: ClientBase, source: string): Promise<void> {
  while ((await inShort(client, 1, () => copyChanges(client, source))) > FEW);
}
