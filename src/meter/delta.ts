import type { Statement } from '../database/transaction.js';
import { snakeCase } from '../text/snake-case.js';
import { type ParameterColumn, UnnestedRows } from '../database/unnested-rows.js';
import { marksOf, none, type Mark, type Metered, type Sums } from './session-marks.js';

export interface Change {
  readonly before: object | undefined;
  readonly after: object;
}

export interface MeteredTable {
  readonly usage: UsageOf;
  readonly defaults?: Readonly<Record<string, string | boolean>>;
}

export interface UsageOf {
  readonly meter: string;
  /** Up to two columns with few values, stored as type and source. */
  readonly by: readonly string[];
  /** Sessions with no length at all. */
  readonly empty?: { readonly column: string; readonly value: string | boolean };
}

interface Delta extends Mark {
  readonly project: string;
  readonly meter: string;
  readonly type: string;
  readonly source: string;
}

type MeteredRow = Metered & Record<string, unknown>;

/** What a batch changes in the cells: the sums of its rows after it, less those before. */
export class Deltas {
  private readonly cells = new Map<string, Delta>();

  add(table: MeteredTable, { before, after }: Change): void {
    if (before && sameUsage(table.usage, before as MeteredRow, after as MeteredRow)) return;
    if (before) this.count(table, before as MeteredRow, -1);
    this.count(table, after as MeteredRow, 1);
  }

  /** Inserts only, so that no writer waits for a cell. */
  write(): Statement[] {
    const changed = [...this.cells.values()].filter((delta) => sumNames.some((name) => delta[name] !== 0));
    if (changed.length === 0) return [];
    return [{ name: 'usage delta', text: insert, values: deltaRows.values(changed) }];
  }

  private count({ usage, defaults }: MeteredTable, row: MeteredRow, sign: 1 | -1): void {
    const { meter, by, empty } = usage;
    if (empty && row[empty.column] === empty.value) return;
    const [type = '', source = ''] = by.map((column) => (row[column] ?? defaults?.[column] ?? '') as string);
    const project = row['project'] as string;
    for (const mark of marksOf(row)) {
      const key = `${project}\u0000${meter}\u0000${mark.at}\u0000${type}\u0000${source}`;
      let delta = this.cells.get(key);
      if (!delta) this.cells.set(key, (delta = { project, meter, type, source, at: mark.at, ...none }));
      for (const name of sumNames) delta[name] += sign * mark[name];
    }
  }
}

const sumNames = Object.keys(none) as (keyof Sums)[];

const sessionNames = ['startedAt', 'endedAt', 'endSource', 'project'];

function sameUsage({ by, empty }: UsageOf, before: MeteredRow, after: MeteredRow): boolean {
  if (before.lastSeenAt !== after.lastSeenAt && after.endedAt !== null) return false;
  const isSame = (name: string): boolean => before[name] === after[name];
  return sessionNames.every(isSame) && by.every(isSame) && (!empty || isSame(empty.column));
}

const deltaRows = new UnnestedRows<Delta>([
  ['project', 'text', ({ project }) => project],
  ['meter', 'text', ({ meter }) => meter],
  ['type', 'text', ({ type }) => type],
  ['source', 'text', ({ source }) => source],
  ['at', 'bigint', ({ at }) => at],
  ...sumNames.map((name): ParameterColumn<Delta> => [snakeCase(name), 'bigint', (delta) => delta[name]]),
]);

export const sumColumns = sumNames.map(snakeCase);

const insert = `insert into usage_delta (project, meter, type, source, at, ${sumColumns.join(', ')})
  select * from ${deltaRows.sql} d`;
