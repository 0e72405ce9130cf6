import { arrayOf } from '../database/driver/binary-array.js';
import { snakeCase } from '../text/snake-case.js';
import type { Run } from '../database/transaction.js';
import { memoized, selectList, type RowValues, type SessionTable } from './session-table.js';

/**
 * Keys of parents (a room, a participant, or an identity in a room), each with the time in ms before which its children
 * can no longer change; 0 if all can.
 */
export type ParentKeys = ReadonlyMap<string, number>;

const SEPARATOR = '\u0000'; // Cleaned text has none.

export function parentKey(project: string, roomName: string, ...ids: string[]): string {
  return [project, roomName, ...ids].join(SEPARATOR);
}

export function partsOf(key: string): string[] {
  return key.split(SEPARATOR);
}

export function parentKeys(rows: readonly { project: string; roomName: string; sid: string }[]): ParentKeys {
  return new Map(rows.map(({ project, roomName, sid }) => [parentKey(project, roomName, sid), 0]));
}

/**
 * Reads rows by their parents. Those of the likely parents are prefetched together with the rows of the events, because
 * which parents matter is known only after merging: few batches need another round trip.
 */
export class ChildRows<R> {
  private prefetchedKeys: ParentKeys = new Map();
  private prefetched: readonly R[] = [];

  constructor(
    private readonly read: (parents: ParentKeys) => Promise<R[]>,
    private readonly keyOf: (row: R) => string,
  ) {}

  async prefetch(parents: ParentKeys): Promise<void> {
    this.prefetchedKeys = parents;
    this.prefetched = parents.size > 0 ? await this.read(parents) : [];
  }

  async of(parents: ParentKeys): Promise<R[]> {
    const missing = new Map([...parents].filter(([key, since]) => since < (this.prefetchedKeys.get(key) ?? Infinity)));
    const rows = missing.size > 0 ? [...this.prefetched, ...(await this.read(missing))] : this.prefetched;
    return rows.filter((row) => parents.has(this.keyOf(row)));
  }
}

interface ChildTable {
  readonly table: SessionTable;
  readonly parent: string;
}

/** Only these can end with their parent. */
export function withoutOwnEnd<R extends { project: string; roomName: string }>(
  run: Run,
  children: ChildTable,
): ChildRows<R> {
  const { table, parent } = children;
  const read = (parents: ParentKeys): Promise<R[]> => {
    const keys = Array.from(parents.keys(), (key) => {
      const [project, , sid] = partsOf(key);
      return `${sid}/${project}`;
    });
    return run<R>({ name: `${table.name} cascade`, text: cascade(children), values: [arrayOf('text', keys)] });
  };
  return new ChildRows(read, (row) => parentKey(row.project, row.roomName, (row as RowValues)[parent] as string));
}

const cascade = memoized(
  ({ table, parent }: ChildTable) => `select ${selectList(table)} from ${table.name} r
    where r.${snakeCase(parent)} || '/' || r.project = any($1::text[]) and r.told_end_at is null`,
);
