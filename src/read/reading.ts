import type { Pool, QueryConfig } from 'pg';
import type { Scope } from '../access/scope.js';
import { shownTypes } from './time-format.js';
import { StatementBuilder } from './statement.js';
import type { StatementNames } from './statement-names.js';

/** A row by the API's field names. */
export type Row = Readonly<Record<string, unknown>>;

export interface Tables {
  readonly pool: Pool;
  /** Citus distributes the tables, and refuses lateral joins. */
  readonly distributed: boolean;
  /** Null: prepare nothing. */
  readonly names: StatementNames | null;
}

/** One request reads at one instant, within one scope. */
export class Reading {
  private readonly made = new Map<object, unknown>();

  constructor(
    private readonly tables: Tables,
    readonly scope: Scope,
    readonly now: string,
  ) {}

  statement(): StatementBuilder {
    return new StatementBuilder(this.scope, { now: this.now, laterals: !this.tables.distributed });
  }

  rows(statement: StatementBuilder, sql: string): Promise<Row[]> {
    return this.run({ text: statement.text(sql), values: statement.values, types: shownTypes });
  }

  /** For statements that one plan fits for all values. */
  rowsOfPrepared(statement: StatementBuilder, sql: string): Promise<Row[]> {
    const text = statement.text(sql);
    return this.run({ name: this.tables.names?.of(text), text, values: statement.values, types: shownTypes });
  }

  protected async run(config: QueryConfig): Promise<Row[]> {
    return (await this.tables.pool.query<Row>(config)).rows;
  }

  /** Shares a value among all rows at one place of the query. */
  once<T>(place: object, make: () => T): T {
    const found = this.made.get(place);
    if (found !== undefined) return found as T;
    const made = make();
    this.made.set(place, made);
    return made;
  }
}
