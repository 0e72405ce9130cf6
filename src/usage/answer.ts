import type { Reading, Row } from '../graphql/read/reading.js';
import { Refusal } from '../refusal.js';
import type { Measure } from './measures.js';
import type { Question } from './question.js';
import { quotient } from './quotient.js';
import { rowsSql } from './rows-sql.js';

const MAX_ROWS = 10_000;

export type MinuteRounding = 'NONE' | 'CEIL_SESSION' | 'CEIL_TOTAL';

/** One row of an answer; what was not asked for is undefined. */
export interface UsageRow {
  readonly from: number;
  readonly to: number;
  /** The window's number, from 1, and the group's values: what tells rows apart. */
  readonly win: number;
  readonly group: readonly (string | null)[];
  readonly milliseconds: bigint | undefined;
  readonly uncertainMilliseconds: bigint | undefined;
  readonly startedMinutes: bigint | undefined;
  readonly sessions: number | undefined;
  readonly identities: number | undefined;
  readonly openSessions: number | undefined;
  readonly peak: number | undefined;
}

/** The rows of a question with what is `wanted` of them. Throws TOO_MANY_ROWS. */
export async function answer(reading: Reading, question: Question, wanted: ReadonlySet<Measure>): Promise<UsageRow[]> {
  const statement = reading.statement();
  const sql = rowsSql(statement, question, { wanted, limit: MAX_ROWS + 1 });
  const rows = await reading.rows(statement, sql);
  if (rows.length > MAX_ROWS) throw new Refusal(400, 'TOO_MANY_ROWS', `The usage has more than ${MAX_ROWS} rows.`);
  return rows.map((row) => rowOf(question, row));
}

/** By the rounding: exact, each session's started minutes, or the row's total rounded up once. */
export function minutes(row: UsageRow, rounding: MinuteRounding): number {
  if (rounding === 'CEIL_SESSION') return Number(row.startedMinutes);
  if (rounding === 'CEIL_TOTAL') return Number((row.milliseconds! + 59_999n) / 60_000n);
  return quotient(row.milliseconds!, 60_000);
}

function rowOf({ edges, dimensions }: Question, row: Row): UsageRow {
  const win = row['win'] as number;
  const count = (name: Measure): number | undefined => row[name] as number | undefined;
  const sum = (name: Measure): bigint | undefined =>
    row[name] === undefined ? undefined : BigInt(row[name] as string);
  return {
    from: edges[win - 1]!,
    to: edges[win]!,
    win,
    group: dimensions.map((_, index) => row[`group${index}`] as string | null),
    milliseconds: sum('milliseconds'),
    uncertainMilliseconds: sum('uncertainMilliseconds'),
    startedMinutes: sum('startedMinutes'),
    sessions: count('sessions'),
    identities: count('identities'),
    openSessions: count('openSessions'),
    peak: count('peak'),
  };
}
