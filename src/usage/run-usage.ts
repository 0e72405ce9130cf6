import type { Reading, Row } from '../read/reading.js';
import type { Allowance } from './allowance.js';
import { rowsOfCells, splitByCells } from './answer-from-cells.js';
import type { Measure } from './measures.js';
import type { Matter, Question } from './question.js';
import { rowsSql } from './rows-sql.js';
import type { Ranking } from './top.js';
import type { UsageRow } from './usage-row.js';
import type { Range } from './windows.js';

/** @throws Refusal TOO_MANY_ROWS */
export function answer(
  reading: Reading,
  question: Question,
  { wanted, allowance }: { wanted: ReadonlySet<Measure>; allowance: Allowance },
): Promise<UsageRow[]> {
  return allowance.inTurn(async () => {
    allowance.spendRows(0);
    const rows = await rowsOf(reading, question, { wanted, limit: allowance.rowsLeft + 1 });
    allowance.spendRows(rows.length);
    return rows;
  });
}

export async function ranked<M extends Matter>(reading: Reading, matter: M, { from, to }: Range): Promise<M> {
  const { top } = matter;
  if (top === null) return matter;
  const read = { wanted: new Set([top.by]), limit: top.first, by: top.by };
  const rows = await rowsOf(reading, { ...matter, edges: [from, to] }, read);
  return { ...matter, kept: { groups: rows.map(({ group }) => group), others: top.others } };
}

interface Read {
  readonly wanted: ReadonlySet<Measure>;
  readonly limit: number;
  readonly by?: Ranking;
}

async function rowsOf(reading: Reading, question: Question, read: Read): Promise<UsageRow[]> {
  if (question.kept?.groups.length === 0) return [];
  const split = splitByCells(reading, question, read.wanted);
  return split ? rowsOfCells(reading, question, { ...read, split }) : rowsOfSessions(reading, question, read);
}

async function rowsOfSessions(reading: Reading, question: Question, read: Read): Promise<UsageRow[]> {
  const statement = reading.statement();
  const rows = await reading.rows(statement, rowsSql(statement, question, read));
  return rows.map((row) => rowOf(question, row));
}

export function rowOf({ edges, dimensions, kept }: Question, row: Row): UsageRow {
  const win = row['win'] as number;
  const count = (name: Measure): number | undefined => row[name] as number | undefined;
  const sum = (name: Measure): bigint | undefined =>
    row[name] === undefined ? undefined : BigInt(row[name] as string);
  return {
    from: edges[win - 1]!,
    to: edges[win]!,
    win,
    group: dimensions.map((_, index) => row[`group${index}`] as string | null),
    others: kept !== null && row['standing'] === null,
    milliseconds: sum('milliseconds'),
    uncertainMilliseconds: sum('uncertainMilliseconds'),
    startedMinutes: sum('startedMinutes'),
    certainMinutes: sum('certainMinutes'),
    sessions: count('sessions'),
    identities: count('identities'),
    openSessions: count('openSessions'),
    peak: count('peak'),
    bytes: sum('bytes'),
  };
}
