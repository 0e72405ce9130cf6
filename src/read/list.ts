import { badInput, type Refusal } from '../http/refusal.js';
import { Loader } from './loader.js';
import { cursorOf } from './cursor.js';
import { type Beyond, countSql, type Listing, type ListSql, pageSql } from './list-sql.js';
import type { NestedList } from './noun.js';
import { nestPointed } from './joined-rows.js';
import { type ListArguments, orderOf, pageWindowOf } from './page-arguments.js';
import type { Reading, Row } from './reading.js';
import type { ListSelection } from './selection.js';
import type { StatementBuilder } from './statement.js';

export const MAX_COUNT = 100_000;

interface Fetched {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

export interface ListRequest {
  readonly reading: Reading;
  readonly args: ListArguments;
  /** Pages with the same place are read together. */
  readonly place: object;
  readonly selection: () => ListSelection;
}

/** Nothing is read before it is needed. */
export function pageOf(relation: NestedList, parent: Row, request: ListRequest): Page {
  const { reading, place } = request;
  return new Page(
    reading.once(place, () => new List(reading, listingOf(relation, request))),
    parent,
  );
}

function listingOf(relation: NestedList, { args, selection }: ListRequest): Listing {
  const ordered = orderOf(relation.noun, relation.list, args);
  const window = pageWindowOf(ordered, args);
  return { relation, filter: args.filter ?? {}, ordered, window, selection: selection() };
}

class List {
  readonly pages = new Loader<Row, Row[]>((parents) => this.loadPages(parents));
  private readonly reaching = new Map<Beyond, Loader<Row, number>>();
  private readonly counting = new Loader<Row, number>((parents) =>
    this.loadCounts({ parents, limit: this.limit, beyond: null }),
  );
  private readonly horizon = {};
  /** The greatest that was asked for: all counts of one round are read together. */
  private limit = 0;
  private refused: Refusal | undefined;

  constructor(
    private readonly reading: Reading,
    readonly listing: Listing,
  ) {}

  /** Up to `limit`. @throws Refusal BAD_USER_INPUT */
  async count(parent: Row, limit: number): Promise<number> {
    if (limit < 0 || limit > MAX_COUNT) {
      // The same for all parents: each stack would take time.
      throw (this.refused ??= badInput(`A count's limit of ${limit} is not between 0 and ${MAX_COUNT}.`));
    }
    this.limit = Math.max(this.limit, limit);
    return Math.min(await this.counting.get(parent), limit);
  }

  async reaches(parent: Row, beyond: 'after' | 'before'): Promise<boolean> {
    const found =
      this.reaching.get(beyond) ?? new Loader<Row, number>((parents) => this.loadCounts({ parents, limit: 1, beyond }));
    this.reaching.set(beyond, found);
    return (await found.get(parent)) > 0;
  }

  private async loadPages(parents: readonly Row[]): Promise<Row[][]> {
    const { relation, selection } = this.listing;
    const statement = this.reading.statement();
    if (parents.length > 1 && isApart(statement, this.listing)) {
      return (await Promise.all(parents.map((parent) => this.loadPages([parent])))).flat();
    }
    const listing = isApart(statement, this.listing) ? await this.withHorizon(statement) : this.listing;
    const flat = await this.read(statement, pageSql(statement, listing, parents));
    const rows = nestPointed(flat, selection, relation.noun);
    if (parents.length === 1) return [rows];
    const pages: Row[][] = parents.map(() => []);
    for (const row of rows) pages[row['parent'] as number]!.push(row);
    return pages;
  }

  private async withHorizon(statement: StatementBuilder): Promise<Listing> {
    const { ordered, selection } = this.listing;
    if (!selection.cursors || ordered.horizon === undefined) return this.listing;
    const horizon = await this.reading.once(this.horizon, () => this.reading.horizon());
    return { ...this.listing, ordered: { ...ordered, horizon: `${statement.bind(horizon)}::text` } };
  }

  private async loadCounts(ask: { parents: readonly Row[]; limit: number; beyond: Beyond }): Promise<number[]> {
    const statement = this.reading.statement();
    if (ask.parents.length > 1 && isApart(statement, this.listing)) {
      return (await Promise.all(ask.parents.map((parent) => this.loadCounts({ ...ask, parents: [parent] })))).flat();
    }
    const counts = ask.parents.map(() => 0);
    for (const { parent, count } of await this.read(statement, countSql(statement, this.listing, ask))) {
      counts[parent as number] = count as number;
    }
    return counts;
  }

  private read(statement: StatementBuilder, { sql, steady }: ListSql): Promise<Row[]> {
    return steady ? this.reading.rowsOfPrepared(statement, sql) : this.reading.rows(statement, sql);
  }
}

/** No statement reads a distributed log for several parents. */
function isApart({ logIsDistributed }: StatementBuilder, { relation }: Listing): boolean {
  return logIsDistributed && relation.noun.ofLog === true;
}

export class Page {
  private fetched: Promise<Fetched> | undefined;

  constructor(
    private readonly list: List,
    private readonly parent: Row,
  ) {}

  async rows(): Promise<readonly Row[]> {
    return (await this.fetch()).rows;
  }

  cursor(row: Row | undefined): string | null {
    return row === undefined ? null : cursorOf(this.list.listing.ordered, row);
  }

  /** Exact for any filter: a further row is either the extra one read, or at `before` or later. */
  async hasNext(): Promise<boolean> {
    const { backward, before } = this.list.listing.window;
    if (!backward && (await this.fetch()).more) return true;
    return before !== null && this.list.reaches(this.parent, 'before');
  }

  async hasPrevious(): Promise<boolean> {
    const { backward, after } = this.list.listing.window;
    if (backward && (await this.fetch()).more) return true;
    return after !== null && this.list.reaches(this.parent, 'after');
  }

  async count(limit: number): Promise<{ value: number; precision: 'EXACT' | 'AT_LEAST' }> {
    const value = await this.list.count(this.parent, limit);
    return { value, precision: value >= limit ? 'AT_LEAST' : 'EXACT' };
  }

  private fetch(): Promise<Fetched> {
    return (this.fetched ??= this.load());
  }

  private async load(): Promise<Fetched> {
    const { size, backward } = this.list.listing.window;
    const rows = await this.list.pages.get(this.parent);
    const page = rows.slice(0, size);
    return { rows: backward ? page.reverse() : page, more: rows.length > size };
  }
}
