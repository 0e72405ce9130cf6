import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../access/scope.js';
import { Database } from '../database/database.js';
import { Clock } from '../settings/clock.js';
import { Reading, type Tables } from './reading.js';
import { StatementNames } from './statement-names.js';

@Injectable()
export class Readings implements OnModuleInit {
  private readonly names = new StatementNames();
  distributed = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    const { rows } = await this.database.queries.query("select from pg_extension where extname = 'citus'");
    this.distributed = rows.length > 0;
  }

  get tables(): Tables {
    return { pool: this.database.queries, distributed: this.distributed, names: this.names };
  }

  get now(): string {
    return new Date(this.clock.now()).toISOString();
  }

  of(scope: Scope): Reading {
    return new Reading(this.tables, scope, this.now);
  }
}
