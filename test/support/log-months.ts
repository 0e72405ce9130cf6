import { expect, onTestFinished } from 'vitest';
import { play } from '../../src/cli/simulate/play.js';
import { commitEvents } from '../../harness/commit-events.js';
import { Database } from '../../src/database/database.js';
import { prepare } from '../../src/database/prepare.js';
import type { Writer } from '../../src/erased/writer.js';
import { readEvent, type LedgerEvent } from '../../src/livekit/event.js';
import type { JsonObject } from '../../src/livekit/json.js';
import { keepLog } from '../../src/log/keep.js';
import { keepingLog, type LogKeeping } from '../../src/log/log-lock.js';
import { LOG, monthsBetween, PAST, type Piece, piecesOf } from '../../src/log/months.js';
import { move } from '../../src/log/move.js';
import { readPartitions } from '../../src/log/partitions.js';
import { dropOldMonths, oldestToDrop, type Retention } from '../../src/log/retention.js';
import { onCitus } from './citus.js';
import { createDatabase, createEmptyDatabase } from './database.js';

export const DAY = 86_400_000;
export const PROJECT = 'default';

/** In ms. */
export function at(text: string): number {
  return Date.parse(`${text}Z`);
}

/** A database of one's own whose log has a partition for each month of 2026. */
export async function yearOfMonths(): Promise<Database> {
  const { url, drop } = onCitus ? await createDatabase() : await createEmptyDatabase();
  await prepare(url);
  const [first, last] = [at('2026-01-01T00:00:00') / 1000, at('2026-12-31T12:00:00') / 1000];
  await keeping(url, async (log) => {
    if (onCitus) await divideFrom(log, first);
    else await move(log, LOG, piecesOf(first, last));
    await keepLog(log, last);
  });
  const database = new Database(url, 60_000);
  onTestFinished(async () => {
    await database.onApplicationShutdown();
    await drop();
  });
  return database;
}

/** Makes months of what is older than all that there are. */
export async function divideFrom(log: LogKeeping, first: number): Promise<void> {
  const past = (await readPartitions(log.client))!.find(({ name }) => name === PAST)!;
  await move(log, PAST, [{ ...past, to: first }, ...monthsBetween(first, past.to)]);
}

export async function keeping<T>(url: string, work: (keeping: LogKeeping) => Promise<T>): Promise<T> {
  return (await keepingLog(url, { wait: true }, work))!;
}

/** What depends on a month lets it leave the log, and not go: so a drop is broken off there. */
export async function dependOn(url: string, { name }: Piece): Promise<void> {
  await keeping(url, ({ client }) => client.query(`create view dependent_${name} as select id from ${name}`));
}

export async function letGo(url: string, { name }: Piece): Promise<void> {
  await keeping(url, ({ client }) => client.query(`drop view dependent_${name}`));
}

/** Drops months, and is broken off where the first has left the log and is not dropped yet. */
export async function breakOffDrop({ url }: Database, retention: Retention): Promise<void> {
  const month = (await keeping(url, ({ client }) => oldestToDrop(client, retention)))!;
  await dependOn(url, month);
  await expect(keeping(url, (log) => dropOldMonths(log, retention))).rejects.toThrow('depend');
  await letGo(url, month);
}

/** Events of a play between two times, that arrived at once. */
export function playedBetween(from: number, to: number, count: number, seed = 1): LedgerEvent[] {
  const messages = [...play({ seed, rooms: 4, count, from, to })];
  return messages.map(({ body }) => arrived(body as JsonObject, Number(body['createdAt']) * 1000 + 500));
}

export function arrived(body: JsonObject, receivedAt: number): LedgerEvent {
  return readEvent(PROJECT, body, receivedAt);
}

export async function commitAll(database: Database, events: readonly LedgerEvent[], writer?: Writer): Promise<void> {
  for (let from = 0; from < events.length; from += 200)
    await commitEvents(database.intake, events.slice(from, from + 200), writer);
}

export async function logOf(database: Database): Promise<string[]> {
  const { rows } = await database.queries.query<{ row: string }>(
    `select row_to_json(e)::text as row from ${LOG} e order by epoch, xid, seq`,
  );
  return rows.map(({ row }) => row);
}

export async function partsOf(database: Database): Promise<string[]> {
  const { rows } = await database.queries.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = '${LOG}'::regclass order by 1`,
  );
  return rows.map(({ name }) => name);
}
