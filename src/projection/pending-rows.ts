import type { Statement } from '../database/transaction.js';
import type { Deltas } from '../meter/delta.js';
import { differs, upsertOf, type Row, type Table } from './table.js';

/** A row as the database holds it (undefined: not at all) and as it is now. */
export interface Kept<R> {
  readonly before: R | undefined;
  now: R;
}

/** The rows of one table that a batch reads and changes, by key. */
export class Shelf<R extends object> {
  private readonly rows = new Map<string, Kept<R>>();

  constructor(private readonly table: Table) {}

  keyOf(row: object): string {
    let key = '';
    // Cleaned text holds no U+0000.
    for (const name of this.table.key) key += `${String((row as Row)[name])}\u0000`;
    return key;
  }

  /** Puts rows as the database holds them; those already here stay. */
  load(rows: Iterable<R>): void {
    for (const row of rows) {
      const key = this.keyOf(row);
      if (!this.rows.has(key)) this.rows.set(key, { before: row, now: row });
    }
  }

  get(key: string): Kept<R> | undefined {
    return this.rows.get(key);
  }

  set(row: R, key = this.keyOf(row)): void {
    const kept = this.rows.get(key);
    if (kept) kept.now = row;
    else this.rows.set(key, { before: undefined, now: row });
  }

  all(): Iterable<Kept<R>> {
    return this.rows.values();
  }

  /** What must be written: nothing, or one statement for all. Usage changes with it. */
  write(usage: Deltas): Statement[] {
    const changed: Row[] = [];
    for (const { before, now } of this.rows.values()) {
      if (before && !differs(this.table, before as Row, now as Row)) continue;
      changed.push(now as Row);
      usage.add(this.table, { before, after: now });
    }
    return changed.length > 0 ? [upsertOf(this.table, changed)] : [];
  }
}

/** The row with other values, or itself where it has these already. */
export function revised<R extends object>(row: R, values: Partial<R>): R {
  for (const name in values) if (values[name] !== row[name]) return { ...row, ...values };
  return row;
}

/** Those that share a key, in their order. */
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
