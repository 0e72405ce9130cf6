import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { type Play, play } from '../../src/cli/simulate/play.js';
import { Database } from '../../src/database/database.js';
import { commitEvents } from '../../harness/commit-events.js';
import { readBody } from '../../src/webhook/read-body.js';
import { readEvent, type LedgerEvent } from '../../src/livekit/event.js';

const BATCH = 50;
const WARM_UP = 1000;

/** What one event costs Postgres, taken over many. */
export interface IntakeCost {
  /** On-CPU time of the one backend that writes, in µs. */
  readonly cpu: number;
  /** Bytes of its log records, and of the pages that go with the first change after a checkpoint. */
  readonly wal: number;
  readonly pages: number;
}

/** Commits events of new rooms in batches into the database's tables, on one connection; it must be on this machine. */
export async function intakeCost(url: string, events: number): Promise<IntakeCost> {
  const database = new Database(url, 10_000);
  try {
    await commitAll(database.intake, WARM_UP);
    const { pid } = await one<{ pid: number }>(database.intake, 'select pg_backend_pid() as pid');
    const [lsn, cpu] = [await lsnOf(database.intake), cpuOf(pid)];
    await commitAll(database.intake, events);
    const spent = cpuOf(pid) - cpu;
    const wal = await walSince(database, lsn);
    return { cpu: spent / 1000 / events, wal: wal.records / events, pages: wal.pages / events };
  } finally {
    await database.onApplicationShutdown();
  }
}

/**
 * Commits the first half of a play, whose rooms are in use `now`: what is newest then lies as intake lays it, and is
 * analyzed as autovacuum would soon. The same play for the same instant.
 */
export async function comeAlive(url: string, events: number, now: number): Promise<void> {
  const database = new Database(url, 10_000);
  const [from, to] = [now - 600_000, now + 600_000];
  try {
    await commitAll(database.intake, events, { from, to, count: 2 * events });
    await database.prisma.$executeRawUnsafe('analyze');
  } finally {
    await database.onApplicationShutdown();
  }
}

async function commitAll(pool: Pool, events: number, part?: Pick<Play, 'from' | 'to' | 'count'>): Promise<void> {
  const { from, to, count } = part ?? lastMinutes(events);
  let batch: LedgerEvent[] = [];
  let left = events;
  for (const { body } of play({ seed: to % 2 ** 31, rooms: 100, count, from, to })) {
    if (left-- === 0) break;
    // Names of its own: else the rooms of one run would take the places of another's. Identities begin as the seed's
    // do, so that a prefix finds its page among the newest too.
    const text = JSON.stringify(body).replaceAll(/"(\p{L}+)-(\d+)"/gu, `"user-$2-$1-${to}"`);
    batch.push(readEvent('default', readBody(Buffer.from(text)), Number(body['createdAt']) * 1000 + 300));
    if (batch.length < BATCH) continue;
    await commitEvents(pool, batch);
    batch = [];
  }
  await commitEvents(pool, batch);
}

function lastMinutes(count: number): Pick<Play, 'from' | 'to' | 'count'> {
  const to = Date.now() - 60_000;
  return { from: to - 600_000, to, count };
}

/** In ns. */
function cpuOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]);
}

async function lsnOf(pool: Pool): Promise<string> {
  return (await one<{ lsn: string }>(pool, 'select pg_current_wal_flush_lsn()::text as lsn')).lsn;
}

async function walSince({ prisma, queries }: Database, lsn: string): Promise<{ records: number; pages: number }> {
  await prisma.$executeRawUnsafe('create extension if not exists pg_walinspect');
  return one(
    queries,
    `select sum(record_size)::float8 as records, sum(fpi_size)::float8 as pages
     from pg_get_wal_stats('${lsn}', pg_current_wal_flush_lsn())`,
  );
}

async function one<R extends object>(pool: Pool, sql: string): Promise<R> {
  return (await pool.query<R>(sql)).rows[0]!;
}
