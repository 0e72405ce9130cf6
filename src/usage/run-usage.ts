import type { Reading, Row } from '../read/reading.js';
import type { Allowance } from './allowance.js';
import { rowsOfCells, splitByCells } from './answer-from-cells.js';
import type { Measure } from './measures.js';
import type { Question } from './question.js';
import type { UsageRow } from './usage-row.js';
import { rowsSql } from './rows-sql.js';

/** @throws Refusal TOO_MANY_ROWS */
export function answer(
  reading: Reading,
  question: Question,
  { wanted, allowance }: { wanted: ReadonlySet<Measure>; allowance: Allowance },
): Promise<UsageRow[]> {
  return allowance.inTurn(async () => {
    allowance.spendRows(0);
    const limit = allowance.rowsLeft + 1;
    const split = splitByCells(reading, question, wanted);
    const rows = split
      ? await rowsOfCells(reading, question, { split, wanted, limit })
      : await rowsOfSessions(reading, question, { wanted, limit });
    allowance.spendRows(rows.length);
    return rows;
  });
}

async function rowsOfSessions(
  reading: Reading,
  question: Question,
  read: { wanted: ReadonlySet<Measure>; limit: number },
): Promise<UsageRow[]> {
  const statement = reading.statement();
  const rows = await reading.rows(statement, rowsSql(statement, question, read));
  return rows.map((row) => rowOf(question, row));
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
    certainMinutes: sum('certainMinutes'),
    sessions: count('sessions'),
    identities: count('identities'),
    openSessions: count('openSessions'),
    peak: count('peak'),
  };
}
