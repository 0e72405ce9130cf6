import pg from 'pg';
import { connection } from '../../src/database/connection.js';
import { cellColumns } from '../../src/meter/cell-sql.js';
import { recountSql } from '../recount-usage.js';
import { dropIndexes } from './indexes.js';
import { insertLog } from './log-sql.js';
import { insertAgentJobs, insertEgress, insertIngressSessions, insertLocks } from './media-sql.js';
import { chunkEnds, chunkParticipants, insertParticipants } from './participants-sql.js';
import { chunkRooms, type Plan, planSql } from './plan.js';
import { insertRooms } from './rooms-sql.js';
import { insertTracks } from './tracks-sql.js';

const tables = ['room', 'participant', 'track', 'egress', 'ingress_session', 'agent_job', 'merge_lock'];
const CHUNK_SESSIONS = 25_000;
const WRITERS = 2;

/**
 * Fills the empty tables of a prepared database with the sessions of a year, as intake would have written them,
 * in the order of their starts, and leaves them vacuumed and analyzed. The log stays empty.
 */
export async function seedSessions(url: string, plan: Plan): Promise<void> {
  const writers = await Promise.all(Array.from({ length: WRITERS }, () => openWriter(url)));
  const first = writers[0]!;
  try {
    const indexes = await dropIndexes(first, tables);
    await Promise.all(writers.map((writer) => writer.query(planSql(plan))));
    await first.query(fillTo(90));
    await share(writers, chunksOf(plan), (writer, chunk) => writeChunk(writer, plan, chunk));
    await first.query(fillTo(80));
    await first.query(insertLocks);
    await share(writers, indexes, (writer, make) => writer.query(make));
    await first.query(`insert into usage_cell (${cellColumns}) ${recountSql('public')}`);
    await first.query(`vacuum (analyze) ${tables.join(', ')}, usage_cell`);
  } finally {
    await Promise.all(writers.map((writer) => writer.end()));
  }
}

/** Fills the empty log with one event of each participant: not what made the tables, but as big as a log of theirs. */
export async function seedLog(url: string): Promise<void> {
  const writers = await Promise.all(Array.from({ length: WRITERS }, () => openWriter(url)));
  const first = writers[0]!;
  try {
    const indexes = await dropIndexes(first, ['webhook_event']);
    await first.query(insertLog);
    await share(writers, indexes, (writer, make) => writer.query(make));
    await first.query('vacuum (analyze) webhook_event');
  } finally {
    await Promise.all(writers.map((writer) => writer.end()));
  }
}

/**
 * Rows of intake grow until their session ends, into what its table's 80 % left free; these come full-grown. With as
 * much left beside them, the next small rows would each go to an old page of its own.
 */
function fillTo(percent: number): string {
  return `alter table participant set (fillfactor = ${percent})`;
}

async function openWriter(url: string): Promise<pg.Client> {
  const writer = new pg.Client(
    connection(url, '-c maintenance_work_mem=512MB -c work_mem=128MB -c temp_buffers=128MB'),
  );
  await writer.connect();
  return writer;
}

type Chunk = readonly [number, number];

/** Neighbouring rooms, first and last. */
function chunksOf({ sessions, rooms }: Plan): Chunk[] {
  const size = Math.max(1, Math.floor((CHUNK_SESSIONS * rooms) / sessions));
  return Array.from({ length: Math.ceil(rooms / size) }, (_, at) => [at * size + 1, Math.min(rooms, (at + 1) * size)]);
}

/** Each writer takes the next item when it is done with one. */
async function share<T>(
  writers: readonly pg.Client[],
  items: readonly T[],
  work: (writer: pg.Client, item: T) => Promise<unknown>,
): Promise<void> {
  const waiting = [...items];
  const writeOn = async (writer: pg.Client): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(writer, item);
  };
  await Promise.all(writers.map(writeOn));
}

const inserts = [insertParticipants, insertTracks, insertRooms, insertEgress, insertIngressSessions, insertAgentJobs];

async function writeChunk(writer: pg.Client, plan: Plan, chunk: Chunk): Promise<void> {
  await writer.query('begin');
  // A utility statement takes no parameters: the numbers are our own.
  await writer.query(chunkRooms(plan).replace('$1', String(chunk[0])).replace('$2', String(chunk[1])));
  for (const statement of [chunkParticipants(plan), chunkEnds, ...inserts]) await writer.query(statement);
  await writer.query('drop table chunk_room, chunk_participant, chunk_end');
  await writer.query('commit');
}
