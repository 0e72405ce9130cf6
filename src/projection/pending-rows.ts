import type { Statement } from '../database/transaction.js';
import type { Deltas } from '../meter/delta.js';
import { inTurns } from './turns.js';
import { differs, upsertOf, type RowValues, type SessionTable } from './session-table.js';

const MOST_ROWS = 2_000;

export interface PendingRow<R> {
  /** As stored; undefined for a new row. */
  readonly before: R | undefined;
  now: R;
}

export class PendingRows<R extends object> {
  private readonly rows = new Map<string, PendingRow<R>>();

  constructor(private readonly table: SessionTable) {}

  keyOf(row: object): string {
    let key = '';
    // Cleaned text holds no U+0000.
    for (const name of this.table.key) key += `${String((row as RowValues)[name])}\u0000`;
    return key;
  }

  /** Rows that are here already stay as they are. */
  load(rows: Iterable<R>): void {
    for (const row of rows) {
      const key = this.keyOf(row);
      if (!this.rows.has(key)) this.rows.set(key, { before: row, now: row });
    }
  }

  get(key: string): PendingRow<R> | undefined {
    return this.rows.get(key);
  }

  set(row: R, key = this.keyOf(row)): void {
    const pending = this.rows.get(key);
    if (pending) pending.now = row;
    else this.rows.set(key, { before: undefined, now: row });
  }

  all(): Iterable<PendingRow<R>> {
    return this.rows.values();
  }

  /** The statements that store all changes, mostly one. Adds them to `usage`. */
  async write(usage: Deltas): Promise<Statement[]> {
    const chunks: RowValues[][] = [];
    await inTurns(this.rows.values(), ({ before, now }) => {
      if (before && !differs(this.table, before as RowValues, now as RowValues)) return;
      if ((chunks.at(-1)?.length ?? MOST_ROWS) === MOST_ROWS) chunks.push([]);
      chunks.at(-1)!.push(now as RowValues);
      usage.add(this.table, { before, after: now });
    });
    const statements: Statement[] = [];
    for (const chunk of chunks) {
      if (statements.length > 0) await new Promise(setImmediate);
      statements.push(upsertOf(this.table, chunk));
    }
    return statements;
  }
}

/** The row itself if nothing differs. */
export function revised<R extends object>(row: R, values: Partial<R>): R {
  for (const name in values) if (values[name] !== row[name]) return { ...row, ...values };
  return row;
}

export function grouped<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
