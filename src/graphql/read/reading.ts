import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Scope } from '../../access/scope.js';
import { Clock } from '../../clock.js';
import { Database } from '../../database/database.js';
import { Statement } from './statement.js';

/** A row as the API shows it: keys are the API's field names. */
export type Row = Readonly<Record<string, unknown>>;

/** One request's view of the tables: its scope, its instant, its statements. */
export class Reading {
  private readonly made = new Map<object, unknown>();

  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    readonly scope: Scope,
    readonly now: string,
  ) {}

  statement(): Statement {
    return new Statement(this.scope, this.now);
  }

  async rows(statement: Statement, sql: string): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>(statement.text(sql), statement.values);
    return rows;
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
export class Readings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  of(scope: Scope): Reading {
    return new Reading(this.database.queries, scope, new Date(this.clock.now()).toISOString());
  }
}
