import { Refusal } from '../http/refusal.js';
import type { Reading, Row } from '../read/reading.js';
import { cellsSql } from './cells-sql.js';
import { lacking } from './filters.js';
import type { Measure } from './measures.js';
import { restrictedToCells } from './meters.js';
import type { Question } from './question.js';
import { type Split, splitOf } from './split-range.js';
import { keptRows } from './kept-rows.js';
import { type Group, type Piece, rowsOfGroup } from './sum-pieces.js';
import type { Ranking } from './top.js';
import type { UsageRow } from './usage-row.js';

/** Measures that cells can answer; others need the sessions. */
const kept: ReadonlySet<Measure> = new Set([
  'milliseconds',
  'uncertainMilliseconds',
  'startedMinutes',
  'sessions',
  'openSessions',
]);

/** Null if cells cannot answer. */
export function splitByCells(reading: Reading, question: Question, wanted: ReadonlySet<Measure>): Split | null {
  const { meter, dimensions, filter, edges } = question;
  const asks = restrictedToCells(meter);
  const known =
    reading.scope.roomName === null &&
    [...wanted].every((measure) => kept.has(measure)) &&
    dimensions.every(({ name }) => Object.hasOwn(asks.fields, name)) &&
    lacking(asks, filter).length === 0;
  return known ? splitOf(edges, Date.parse(reading.now)) : null;
}

interface Read {
  readonly split: Split;
  readonly wanted: ReadonlySet<Measure>;
  readonly limit: number;
  readonly by?: Ranking;
}

export async function rowsOfCells(reading: Reading, question: Question, read: Read): Promise<UsageRow[]> {
  const { kept, edges } = question;
  const limit = kept || read.by ? MAX_SUMS : read.limit;
  const groups = await groupsOf(reading, question, { ...read, limit });
  requireFew(groups.length * edges.length);
  const range = { edges, split: read.split, now: Date.parse(reading.now) };
  const rows: UsageRow[] = [];
  for (const group of groups) {
    rows.push(...rowsOfGroup(group, range));
    if (rows.length >= limit) break;
  }
  if (kept) return keptRows(rows, kept);
  const { by } = read;
  return by ? rows.sort((a, b) => compare(b[by]!, a[by]!) || inOrder(a, b)).slice(0, read.limit) : rows.sort(inOrder);
}

async function groupsOf(reading: Reading, question: Question, read: Read): Promise<Group[]> {
  const statement = reading.statement();
  const groups = new Map<string, Group>();
  const ungrouped = { ...question, kept: null };
  for (const piece of await reading.rows(statement, cellsSql(statement, ungrouped, read))) {
    const values = question.dimensions.map((_, index) => piece[`group${index}`] as string | null);
    const key = JSON.stringify(values);
    const group = groups.get(key) ?? { values, pieces: [] };
    group.pieces.push(pieceOf(piece));
    groups.set(key, group);
  }
  return [...groups.values()];
}

export const MAX_SUMS = 500_000;

function requireFew(sums: number): void {
  if (sums <= MAX_SUMS) return;
  throw new Refusal(
    400,
    'TOO_MANY_ROWS',
    'The usage has too many windows for so many groups: ask for a shorter range.',
  );
}

function pieceOf(row: Row): Piece {
  const sum = (name: string): bigint => BigInt((row[name] as string | null) ?? 0);
  return {
    part: row['part'] as Piece['part'],
    win: row['win'] as number,
    starts: row['starts'] as number,
    ends: (row['ends'] as number | null) ?? 0,
    doubts: (row['doubts'] as number | null) ?? 0,
    sessions: (row['sessions'] as number | null) ?? 0,
    milliseconds: sum('milliseconds'),
    uncertainMilliseconds: sum('uncertainMilliseconds'),
    startedMinutes: sum('startedMinutes'),
  };
}

function compare<T extends number | bigint>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function inOrder(a: UsageRow, b: UsageRow): number {
  if (a.win !== b.win) return a.win - b.win;
  for (const [at, value] of a.group.entries()) {
    const other = b.group[at]!;
    if (value === other) continue;
    if (value === null || other === null) return value === null ? 1 : -1;
    return Buffer.compare(Buffer.from(value), Buffer.from(other));
  }
  return 0;
}
