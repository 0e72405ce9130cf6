import { arrayOf } from '../database/driver/array.js';
import { snakeCase } from '../text/snake-case.js';
import type { Run } from '../database/transaction.js';
import { onceFor, selectList, type Row, type Table } from './table.js';

/**
 * Keys of what rows belong to (a room, a participant, an identity in a room), each with a time in ms: of rows that
 * were superseded before it nothing changes. 0 where that is no matter.
 */
export type Owners = ReadonlyMap<string, number>;

/** The key of an owner. Cleaned text holds no U+0000. */
export function ownerKey(project: string, roomName: string, ...ids: string[]): string {
  return [project, roomName, ...ids].join('\u0000');
}

/** Rooms or participants, for all that they own. */
export function ownersOf(rows: readonly { project: string; roomName: string; sid: string }[]): Owners {
  return new Map(rows.map(({ project, roomName, sid }) => [ownerKey(project, roomName, sid), 0]));
}

export function partsOf(owner: string): string[] {
  return owner.split('\u0000');
}

/**
 * Rows by their owners. Whose are wanted is known only after merging; those of owners that the events make likely are
 * read in the events' own round, so that few batches need another.
 */
export class Owned<R> {
  private expected: Owners = new Map();
  private ahead: readonly R[] = [];

  constructor(
    private readonly read: (owners: Owners) => Promise<R[]>,
    private readonly ownerOf: (row: R) => string,
  ) {}

  /** Reads those of likely owners. */
  async expect(owners: Owners): Promise<void> {
    this.expected = owners;
    this.ahead = owners.size > 0 ? await this.read(owners) : [];
  }

  async of(owners: Owners): Promise<R[]> {
    const unread = new Map([...owners].filter(([key, since]) => since < (this.expected.get(key) ?? Infinity)));
    const rows = unread.size > 0 ? [...this.ahead, ...(await this.read(unread))] : this.ahead;
    return rows.filter((row) => owners.has(this.ownerOf(row)));
  }
}

/** Rows that are owned by a room or a participant. */
interface Belonging {
  readonly table: Table;
  /** The column of the owner's sid. */
  readonly by: string;
}

/** Those that told no end of their own: their owner's may be theirs. */
export function withoutOwnEnd<R extends { project: string; roomName: string }>(run: Run, rows: Belonging): Owned<R> {
  const { table, by } = rows;
  const read = (owners: Owners): Promise<R[]> => {
    const keys = Array.from(owners.keys(), (owner) => {
      const [project, , sid] = partsOf(owner);
      return `${sid}/${project}`;
    });
    return run<R>({ name: `${table.name} cascade`, text: cascade(rows), values: [arrayOf('text', keys)] });
  };
  return new Owned(read, (row) => ownerKey(row.project, row.roomName, (row as Row)[by] as string));
}

const cascade = onceFor(
  ({ table, by }: Belonging) => `select ${selectList(table)} from ${table.name} r
    where r.${snakeCase(by)} || '/' || r.project = any($1::text[]) and r.told_end_at is null`,
);
