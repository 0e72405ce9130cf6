import type { Statement } from '../database/transaction.js';
import type { Deltas } from '../meter/delta.js';
import { differs, upsertOf, type Row, type Table } from './table.js';

/** The rows of one table that a batch reads and changes, by key, as they were and as they are. */
export class Shelf<R extends object> {
  private readonly before = new Map<string, R>();
  private readonly now = new Map<string, R>();

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
      if (this.now.has(key)) continue;
      this.before.set(key, row);
      this.now.set(key, row);
    }
  }

  get(key: string): R | undefined {
    return this.now.get(key);
  }

  /** The row as the database holds it. */
  original(row: object): R | undefined {
    return this.before.get(this.keyOf(row));
  }

  set(row: R): void {
    this.now.set(this.keyOf(row), row);
  }

  rows(): R[] {
    return [...this.now.values()];
  }

  /** What must be written: nothing, or one statement for all. Usage changes with it. */
  write(usage: Deltas): Statement[] {
    const rows: Row[] = [];
    for (const [key, after] of this.now) {
      const before = this.before.get(key);
      if (before && !differs(this.table, before as Row, after as Row)) continue;
      rows.push(after as Row);
      usage.add(this.table, { before, after });
    }
    return rows.length > 0 ? [upsertOf(this.table, rows)] : [];
  }
}

/** Rows that share a key, in their order. */
export function grouped<R>(rows: Iterable<R>, keyOf: (row: R) => string): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

interface Keyed {
  keyOf(row: object): string;
}

/** Merges records of one kind by key, each into what is there already. */
export function gather<F extends object>(shelf: Keyed, records: readonly F[], merge: (a: F, b: F) => F): F[] {
  const merged = new Map<string, F>();
  for (const record of records) {
    const key = shelf.keyOf(record);
    const known = merged.get(key);
    merged.set(key, known ? merge(known, record) : record);
  }
  return [...merged.values()];
}
