import type { OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import type { PrismaClient } from '../generated/prisma/client.js';
import { connection } from './connection.js';
import { type Driver, openPool } from './driver/driver.js';
import type { EmbeddedServer } from './embedded/embedded-server.js';
import { breakOffAllHung } from './hung.js';
import { openPrisma } from './prisma.js';

/** Statements that go by key keep one plan: it does not flip as batches grow. */
const byKey =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off';

/** Pages are read by index, so the next row is hardly cheaper than any other. */
const byIndex = '-c random_page_cost=1.1';

const INTAKE_PATIENCE_MS = 4_000;

export interface DatabaseOptions {
  readonly driver?: Driver;
  /** The server to stop when the service has closed everything else. */
  readonly embedded?: EmbeddedServer | null;
}

export class Database implements OnApplicationShutdown {
  /** For events. Statements of a connection are pipelined. */
  readonly intake: pg.Pool;
  /** For questions: read-only, each statement bounded by `STATEMENT_TIMEOUT`. */
  readonly queries: pg.Pool;
  private opened: PrismaClient | null = null;
  private readonly endWatch: () => void;

  constructor(
    readonly url: string,
    private readonly statementTimeoutMs: number,
    private readonly options: DatabaseOptions = {},
  ) {
    const { driver = 'fast' } = options;
    const writing = connection(url, `${byKey} -c statement_timeout=30000`);
    const soon = { connectionTimeoutMillis: INTAKE_PATIENCE_MS };
    this.intake = openPool({ ...writing, ...soon, pipeline: true, max: 5 }, driver);
    const readOnly = `${byIndex} -c default_transaction_read_only=on -c statement_timeout=${statementTimeoutMs}`;
    this.queries = openPool({ ...connection(url, readOnly), max: 10 }, driver);
    this.endWatch = breakOffAllHung(this.queries);
  }

  /** For what is not hot. Opens with its first use. */
  get prisma(): PrismaClient {
    return (this.opened ??= openPrisma(this.url, { statementTimeoutMs: this.statementTimeoutMs }));
  }

  /** Runs last, because the module is global. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([this.intake.end(), this.queries.end(), this.opened?.$disconnect()]);
    this.endWatch();
    await this.options.embedded?.stop();
  }
}
