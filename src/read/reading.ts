import type { Pool, QueryConfig } from 'pg';
import type { Scope } from '../access/scope.js';
import { shownTypes } from './shown.js';
import { StatementBuilder } from './statement.js';
import type { StatementNames } from './statement-names.js';

/** A row by the API's field names. */
export type Row = Readonly<Record<string, unknown>>;

export interface Tables {
  readonly pool: Pool;
  /** Distributed over machines by Citus, which refuses laterals. */
  readonly distributed: boolean;
  /** Null: nothing is prepared. */
  readonly names: StatementNames | null;
}

/** One request's view of the tables: its scope and instant. */
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

  /** For statements of which one plan fits all values. */
  rowsOfPrepared(statement: StatementBuilder, sql: string): Promise<Row[]> {
    const text = statement.text(sql);
    return this.run({ name: this.tables.names?.of(text), text, values: statement.values, types: shownTypes });
  }

  protected async run(config: QueryConfig): Promise<Row[]> {
    return (await this.tables.pool.query<Row>(config)).rows;
  }

  /** Makes once what all rows at one place of the question share. */
  once<T>(place: object, make: () => T): T {
    const found = this.made.get(place);
    if (found !== undefined) return found as T;
    const made = make();
    this.made.set(place, made);
    return made;
  }
}
