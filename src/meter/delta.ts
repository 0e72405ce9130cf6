import type { Statement } from '../database/transaction.js';
import { columnOf } from '../database/column.js';
import { type ParameterColumn, UnnestedRows } from '../database/unnested-rows.js';
import { marksOf, none, type Mark, type Metered, type Sums } from './marks.js';

/** A row of a projected table as it was (undefined: not there) and as it is now. */
export interface Change {
  readonly before: object | undefined;
  readonly after: object;
}

/** A table of sessions, as far as metering knows it. */
export interface MeteredTable {
  readonly usage: UsageOf;
  /** What a column holds where a row has nothing for it. */
  readonly defaults?: Readonly<Record<string, string | boolean>>;
}

/** How a table's sessions are metered. */
export interface UsageOf {
  /** As the API names it. */
  readonly meter: string;
  /** Columns of few values that cells are kept by: at most a type and a source. */
  readonly by: readonly string[];
  /** Sessions that last no time at all. */
  readonly empty?: { readonly column: string; readonly value: string | boolean };
}

/** Sums of one cell, which has a row once it is folded. */
interface Delta extends Mark {
  readonly project: string;
  readonly meter: string;
  readonly type: string;
  readonly source: string;
}

type Row = Metered & Record<string, unknown>;

/** By how much each cell changes with the rows, so that cells stay a function of them. */
export class Deltas {
  private readonly cells = new Map<string, Delta>();

  add(table: MeteredTable, { before, after }: Change): void {
    if (before && sameUsage(table.usage, before as Row, after as Row)) return;
    if (before) this.count(table, before as Row, -1);
    this.count(table, after as Row, 1);
  }

  /** What must be written: nothing, or one statement for all. Nobody waits for a row of a cell here. */
  write(): Statement[] {
    const changed = [...this.cells.values()].filter((delta) => sumNames.some((name) => delta[name] !== 0));
    if (changed.length === 0) return [];
    return [{ name: 'usage delta', text: insert, values: deltaRows.values(changed) }];
  }

  private count({ usage, defaults }: MeteredTable, row: Row, sign: 1 | -1): void {
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

/** Cheap: most changes of a session do not concern its usage. */
function sameUsage({ by, empty }: UsageOf, before: Row, after: Row): boolean {
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
  ...sumNames.map((name): ParameterColumn<Delta> => [columnOf(name), 'bigint', (delta) => delta[name]]),
]);

/** As the tables spell them. */
export const sumColumns = sumNames.map(columnOf);

const insert = `insert into usage_delta (project, meter, type, source, at, ${sumColumns.join(', ')})
  select * from ${deltaRows.sql} d`;
