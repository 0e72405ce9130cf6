import type { OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import type { PrismaClient } from '../generated/prisma/client.js';
import { Client } from './driver/client.js';
import { connection } from './connection.js';
import type { EmbeddedServer } from './embedded/embedded-server.js';
import { breakOffAllHung } from './hung.js';
import { openPrisma } from './prisma.js';

/** Steady plans for statements that go by key: a batch's plan never turns round with its size. */
const byKey =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off';

/** Tables are read by index, a page at a time: a row elsewhere is hardly farther than the next. */
const byIndex = '-c random_page_cost=1.1';

/** What cannot be written soon is better spooled, or sent again. */
const INTAKE_PATIENCE_MS = 4_000;

/** The ways to the database, one for each kind of work. */
export class Database implements OnApplicationShutdown {
  /** For writing events: statements of one connection are sent without waiting for the answer of the one before. */
  readonly intake: pg.Pool;
  /** For answering questions: read-only, each statement bounded by `STATEMENT_TIMEOUT`. */
  readonly queries: pg.Pool;
  private opened: PrismaClient | null = null;
  private readonly endWatch: () => void;

  /** @param embedded the server to stop when the service has closed everything else */
  constructor(
    readonly url: string,
    private readonly statementTimeoutMs: number,
    private readonly embedded: EmbeddedServer | null = null,
  ) {
    const writing = connection(url, `${byKey} -c statement_timeout=30000`);
    this.intake = openPool({ ...writing, connectionTimeoutMillis: INTAKE_PATIENCE_MS, pipeline: true, max: 5 });
    const readOnly = `${byIndex} -c default_transaction_read_only=on -c statement_timeout=${statementTimeoutMs}`;
    this.queries = openPool({ ...connection(url, readOnly), max: 10 });
    this.endWatch = breakOffAllHung(this.queries);
  }

  /** For what is not hot. Opened by its first use. */
  get prisma(): PrismaClient {
    return (this.opened ??= openPrisma(this.url, { statementTimeoutMs: this.statementTimeoutMs }));
  }

  /** The global module's hook runs last: nothing of ours asks any more. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([this.intake.end(), this.queries.end(), this.opened?.$disconnect()]);
    this.endWatch();
    await this.embedded?.stop();
  }
}

/** A server that goes away ends idle connections and ones in use: the query under way, or the next, says so. */
function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ ...config, Client });
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

function ignore(): void {}
