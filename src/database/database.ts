import type { OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.js';
import { connection } from './connection.js';
import { type Driver, openPool } from './driver/driver.js';
import type { EmbeddedServer } from './embedded/embedded-server.js';
import { breakOffAllHung } from './hung.js';

/** Steady plans for statements that go by key: a batch's plan never turns round with its size. */
const byKey =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off';

/** Tables are read by index, a page at a time: a row elsewhere is hardly farther than the next. */
const byIndex = '-c random_page_cost=1.1';

/** What cannot be written soon is better spooled, or sent again. */
const INTAKE_PATIENCE_MS = 4_000;

export interface DatabaseOptions {
  readonly driver?: Driver;
  /** The server to stop when the service has closed everything else. */
  readonly embedded?: EmbeddedServer | null;
}

/** The ways to the database, one for each kind of work. */
export class Database implements OnApplicationShutdown {
  /** For writing events: statements of one connection are sent without waiting for the answer of the one before. */
  readonly intake: pg.Pool;
  /** For answering questions: read-only, each statement bounded by `STATEMENT_TIMEOUT`. */
  readonly queries: pg.Pool;
  readonly prisma: PrismaClient;
  private readonly endWatch: () => void;

  constructor(
    readonly url: string,
    statementTimeoutMs: number,
    private readonly options: DatabaseOptions = {},
  ) {
    const { driver = 'fast' } = options;
    const writing = connection(url, `${byKey} -c statement_timeout=30000`);
    const soon = { connectionTimeoutMillis: INTAKE_PATIENCE_MS };
    this.intake = openPool({ ...writing, ...soon, pipeline: true, max: 5 }, driver);
    const readOnly = `${byIndex} -c default_transaction_read_only=on -c statement_timeout=${statementTimeoutMs}`;
    this.queries = openPool({ ...connection(url, readOnly), max: 10 }, driver);
    this.endWatch = breakOffAllHung(this.queries);
    this.prisma = new PrismaClient({ adapter: new PrismaPg({ ...connection(url), max: 2 }, { onPoolError: ignore }) });
  }

  /** The global module's hook runs last: nothing of ours asks any more. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([this.intake.end(), this.queries.end(), this.prisma.$disconnect()]);
    this.endWatch();
    await this.options.embedded?.stop();
  }
}

function ignore(): void {}
