import { wholeMillisecondsOf } from '../database/milliseconds.js';
import { beforeSql, notBeforeSql } from '../read/filters.js';
import type { Reading, Row } from '../read/reading.js';
import type { StatementBuilder } from '../read/statement.js';
import type { Allowance } from './allowance.js';
import { quotient } from './divide-exactly.js';
import type { Measure } from './measures.js';
import { piecesSql } from './pieces-sql.js';
import type { Question } from './question.js';
import { answer } from './run-usage.js';

export interface SourceCount {
  readonly source: string;
  readonly sessions: number;
}

/** One for each window. What no selected field needs is left as if there were nothing. */
export interface QualityRow {
  readonly from: string;
  readonly to: string;
  readonly meter: string;
  readonly sessions: number;
  readonly starts: readonly SourceCount[];
  readonly ends: readonly SourceCount[];
  readonly openSessions: number;
  readonly seconds: number;
  readonly uncertainSeconds: number;
  readonly doubledEvents: number;
  readonly disorderedEvents: number;
  readonly maxDelaySeconds: number | null;
  readonly p99DelaySeconds: number | null;
  readonly droppedEvents: number | null;
}

interface Asked {
  readonly fields: ReadonlySet<string>;
  readonly allowance: Allowance;
}

/** How far the record of each window can be trusted. @throws Refusal TOO_MANY_ROWS */
export async function quality(reading: Reading, question: Question, asked: Asked): Promise<QualityRow[]> {
  const { edges, meterName: meter } = question;
  const [sums, sources, events, losses] = await Promise.all([
    sumsOf(reading, question, asked),
    sourcesOf(reading, question, asked),
    eventsOf(reading, question, asked),
    lossesOf(reading, question, asked),
  ]);
  return edges.slice(1).map((to, index) => {
    const win = index + 1;
    const range = { from: new Date(edges[index]!).toISOString(), to: new Date(to).toISOString() };
    const counts = sources.get(win) ?? [];
    const bySource = { starts: countsOf(counts, 'start'), ends: countsOf(counts, 'end') };
    const found = { ...noSums, ...sums.get(win), ...noEvents, ...events.get(win) };
    return { ...range, meter, ...found, ...bySource, droppedEvents: losses.get(win) ?? null };
  });
}

const noSums = { sessions: 0, openSessions: 0, seconds: 0, uncertainSeconds: 0 };
const noEvents = { doubledEvents: 0, disorderedEvents: 0, maxDelaySeconds: null, p99DelaySeconds: null };

const measured: Readonly<Record<keyof typeof noSums, Measure>> = {
  sessions: 'sessions',
  openSessions: 'openSessions',
  seconds: 'milliseconds',
  uncertainSeconds: 'uncertainMilliseconds',
};

async function sumsOf(
  reading: Reading,
  question: Question,
  { fields, allowance }: Asked,
): Promise<Map<number, typeof noSums>> {
  const wanted = new Set(Object.entries(measured).flatMap(([field, measure]) => (fields.has(field) ? [measure] : [])));
  if (wanted.size === 0) return new Map();
  const rows = await answer(reading, question, { wanted, allowance });
  return new Map(
    rows.map(({ win, sessions = 0, openSessions = 0, milliseconds = 0n, uncertainMilliseconds = 0n }) => {
      const [seconds, uncertainSeconds] = [quotient(milliseconds, 1_000), quotient(uncertainMilliseconds, 1_000)];
      return [win, { sessions, openSessions, seconds, uncertainSeconds }];
    }),
  );
}

async function sourcesOf(
  reading: Reading,
  question: Question,
  { fields, allowance }: Asked,
): Promise<Map<number, Row[]>> {
  const found = new Map<number, Row[]>();
  if (!fields.has('starts') && !fields.has('ends')) return found;
  const statement = reading.statement();
  const counted = `select win, start_source as start, end_source as "end", count(*)::int as sessions
    from (${piecesSql(statement, question)}) as piece group by win, start_source, end_source`;
  for (const row of await allowance.inTurn(() => reading.rows(statement, counted))) {
    const win = row['win'] as number;
    found.set(win, [...(found.get(win) ?? []), row]);
  }
  return found;
}

function countsOf(rows: readonly Row[], by: 'start' | 'end'): SourceCount[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const source = row[by] as string | null;
    if (source !== null) counts.set(source, (counts.get(source) ?? 0) + (row['sessions'] as number));
  }
  return [...counts].sort().map(([source, sessions]) => ({ source, sessions }));
}

async function eventsOf(
  reading: Reading,
  question: Question,
  { fields, allowance }: Asked,
): Promise<Map<number, typeof noEvents>> {
  if (!Object.keys(noEvents).some((field) => fields.has(field))) return new Map();
  const statement = reading.statement();
  const rows = await allowance.inTurn(() => reading.rows(statement, eventsSql(statement, question)));
  return new Map(rows.map(({ win, ...counts }) => [win as number, counts as unknown as typeof noEvents]));
}

const earlierArrivals = `(partition by room_name order by received_at, epoch, xid, seq
    rows between unbounded preceding and 1 preceding)`;

/** Of LiveKit's events, by their own time: the index of times makes this cost by the range. */
function eventsSql(statement: StatementBuilder, { edges }: Question): string {
  const [from, until] = [edges[0]!, edges.at(-1)!].map((edge) => statement.bind(new Date(edge).toISOString()));
  const inRange = `created_at >= ${from}::timestamptz and created_at < ${until}::timestamptz and ${notBeforeSql(`${from}::timestamptz`)} and ${beforeSql(`${until}::timestamptz`)}`;
  const at = wholeMillisecondsOf('created_at');
  const arrived = `select width_bucket(${at}, ${statement.bind(edges)}::bigint[]) as win, deliveries,
      ${wholeMillisecondsOf('received_at')} - ${at} as delay,
      room_name is not null and created_at < max(created_at) over ${earlierArrivals} as disordered
    from webhook_event where ${statement.inScope} and ${inRange} and not id ^@ 'roomledger:'`;
  return `select win, count(*) filter (where deliveries > 1)::int as "doubledEvents",
      count(*) filter (where disordered)::int as "disorderedEvents",
      max(delay)::float8 / 1000 as "maxDelaySeconds",
      (percentile_disc(0.99) within group (order by delay))::float8 / 1000 as "p99DelaySeconds"
    from (${arrived}) as event group by win`;
}

/** What LiveKit's metrics say, by the hour in which they were read; of the whole project only. */
async function lossesOf(
  reading: Reading,
  { edges }: Question,
  { fields, allowance }: Asked,
): Promise<Map<number, number>> {
  if (!fields.has('droppedEvents') || reading.scope.roomName !== null) return new Map();
  const statement = reading.statement();
  const [from, until] = [edges[0]!, edges.at(-1)!].map((edge) => statement.bind(new Date(edge).toISOString()));
  const sql = `select width_bucket(${wholeMillisecondsOf('hour')}, ${statement.bind(edges)}::bigint[]) as win, sum(lost)::int as lost
    from webhook_loss where ${statement.inScope} and hour >= ${from}::timestamptz and hour < ${until}::timestamptz group by win`;
  const rows = await allowance.inTurn(() => reading.rows(statement, sql));
  return new Map(rows.map(({ win, lost }) => [win as number, lost as number]));
}
