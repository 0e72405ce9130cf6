import type { Pool } from 'pg';
import { planOf } from '../../harness/plan.js';
import { record, type Sent } from '../../harness/recorded.js';
import { type Door, openDoor } from './door.js';
import { questions, type Sample } from './questions.js';

const SAMPLES = 15;
const TIMES = 9;

/** What a question costs, taken over samples all through history. */
export interface Answer {
  readonly buffers: number;
  /** Of its statements, planned and run; in ms. */
  readonly p50: number;
}

/** Asks every question of tables that came alive `now`, through the door, and then its statements again and again. */
export async function askAll(url: string, now: number): Promise<Map<string, Answer>> {
  const door = await openDoor(url);
  const samples = await takeSamples(door.pool, new Date(now - 60_000).toISOString());
  const sent = record(door.pool);
  const answers = new Map<string, Answer>();
  for (const [name, question] of Object.entries(questions))
    answers.set(name, await ask(door, { queries: samples.map(question), sent }));
  await door.close();
  return answers;
}

async function ask(
  { pool, query: send }: Door,
  { queries, sent }: { queries: readonly string[]; sent: Sent[] },
): Promise<Answer> {
  const [buffers, times]: [number[], number[]] = [[], []];
  for (const query of queries) {
    sent.length = 0;
    await send(query);
    const statements = [...sent];
    const plans = [];
    for (const statement of statements) plans.push(await planOf(pool, statement));
    buffers.push(plans.reduce((sum, plan) => sum + plan.buffers, 0));
    for (let time = 0; time < TIMES; time++) {
      const began = performance.now();
      for (const { text, values } of statements) await pool.query(text, values);
      times.push(performance.now() - began);
    }
  }
  return { buffers: median(buffers), p50: median(times) };
}

/** Of participants at even distances in time; the identities are the busiest, so that each fills a page. */
async function takeSamples(pool: Pool, minuteAgo: string): Promise<Sample[]> {
  const { rows } = await pool.query<Sample>(
    `with ends as (select min(started_at) as first, max(started_at) as last from participant),
     instants as (select n, first + (last - first) * n / ${SAMPLES + 1} as at from ends, generate_series(1, ${SAMPLES}) n)
     select p.sid, 'user-' || n as identity, 'user-1' || n % 10 as prefix, room_sid as "roomSid", room_name as "roomName", ${iso('started_at')} as "joinedAt",
       ${iso("started_at + interval '1 day'")} as "dayLater", $1::text as "minuteAgo"
     from instants cross join lateral
       (select * from participant where project = 'default' and started_at > at order by project, started_at limit 1) p`,
    [minuteAgo],
  );
  return rows;
}

function iso(time: string): string {
  return `to_char((${time}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
