import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Pool, QueryConfig } from 'pg';
import type { Scope } from '../access/scope.js';
import { Clock } from '../settings/clock.js';
import { Database } from '../database/database.js';
import { shownTypes } from './shown.js';
import { Statement } from './statement.js';
import { StatementNames } from './statement-names.js';

/** A row as the API shows it: keys are the API's field names. */
export type Row = Readonly<Record<string, unknown>>;

/** Where readings read. */
export interface Tables {
  readonly pool: Pool;
  /** Citus spreads the tables over machines; it refuses laterals. */
  readonly distributed: boolean;
  /** All that read from one pool share them; without them nothing is prepared. */
  readonly names: StatementNames | null;
}

/** One request's view of the tables: its scope, its instant, its statements. */
export class Reading {
  private readonly made = new Map<object, unknown>();

  constructor(
    private readonly tables: Tables,
    readonly scope: Scope,
    readonly now: string,
  ) {}

  statement(): Statement {
    return new Statement(this.scope, { now: this.now, laterals: !this.tables.distributed });
  }

  rows(statement: Statement, sql: string): Promise<Row[]> {
    return this.run({ text: statement.text(sql), values: statement.values, types: shownTypes });
  }

  /** The same for a statement of which one plan is good for all values. */
  rowsOfPrepared(statement: Statement, sql: string): Promise<Row[]> {
    const text = statement.text(sql);
    return this.run({ name: this.tables.names?.of(text), text, values: statement.values, types: shownTypes });
  }

  protected async run(config: QueryConfig): Promise<Row[]> {
    return (await this.tables.pool.query<Row>(config)).rows;
  }

  /** Makes what all rows at one place of the query share: a list, a batch. */
  once<T>(place: object, make: () => T): T {
    const found = this.made.get(place);
    if (found !== undefined) return found as T;
    const made = make();
    this.made.set(place, made);
    return made;
  }
}

@Injectable()
export class Readings implements OnModuleInit {
  private readonly names = new StatementNames();
  /** Whether Citus spreads the tables. */
  distributed = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const { rows } = await this.database.queries.query("select from pg_extension where extname = 'citus'");
    this.distributed = rows.length > 0;
  }

  of(scope: Scope): Reading {
    const tables = { pool: this.database.queries, distributed: this.distributed, names: this.names };
    return new Reading(tables, scope, new Date(this.clock.now()).toISOString());
  }
}
