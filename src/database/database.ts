import type { OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import type { PrismaClient } from '../generated/prisma/client.js';
import { connection } from './connection.js';
import { type Driver, openPool } from './driver/driver.js';
import type { EmbeddedServer } from './embedded/embedded-server.js';
import { breakOffAllHung } from './hung-connections.js';
import { openPrisma } from './prisma.js';
import { loggerOf } from './logger-of.js';
import { Replicas } from './replicas.js';

/** Intake reads and writes by key: one plan on indexes, whatever the batch size. */
const byKey =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off';

/** For a distributed log: statements need no new connections to the workers, or fail soon where one does not answer. */
const onWorkers = '-c citus.max_cached_conns_per_worker=16 -c citus.node_connection_timeout=3000';
/** Batches then do not wait for each other's shards. */
const together = '-c citus.all_modifications_commutative=on';

/** Pages are read through indexes, so a random page costs little more than the next one. */
const byIndex = '-c random_page_cost=1.1';

/**
 * How long a batch waits for what others hold, in ms. A replica that freezes inside a transaction loses it, and with it
 * the locks of its rooms.
 */
const waits = '-c statement_timeout=30000 -c lock_timeout=1000 -c idle_in_transaction_session_timeout=3000';

const INTAKE_PATIENCE_MS = 4_000;

/** What a replica replays may hold a table for long; the primary can be asked instead. */
const replicaWaits = '-c lock_timeout=1000';
const REPLICA_PATIENCE_MS = 2_000;

/** Whoever runs the server may have made commits asynchronous; acknowledged events must be on its disk. */
const demandDurability = `select set_config('synchronous_commit', 'on', false)
  where current_setting('synchronous_commit') = 'off'`;

export interface DatabaseOptions {
  readonly driver?: Driver;
  /** Commits need not reach the disk: what is written can be made again. */
  readonly volatile?: boolean;
  /** `ERASURE_KEY` */
  readonly erasureKey?: string | null;
  readonly replicas?: { readonly urls: readonly string[]; readonly maxLagMs: number };
  /** That has it for itself. */
  readonly project?: string | null;
  /** Stopped last. */
  readonly embedded?: EmbeddedServer | null;
}

export class Database implements OnApplicationShutdown {
  /** For events. Connections are pipelined. */
  readonly intake: pg.Pool;
  /** For queries: read-only, each statement bounded by `STATEMENT_TIMEOUT`. */
  readonly queries: pg.Pool;
  readonly replicas: Replicas;
  readonly erasureKey: string | null;
  /** Null: projects share it. */
  readonly project: string | null;
  private opened: PrismaClient | null = null;
  private readonly endWatch: () => void;

  constructor(
    readonly url: string,
    private readonly statementTimeoutMs: number,
    private readonly options: DatabaseOptions = {},
  ) {
    const { driver = 'fast', volatile = false, erasureKey = null, replicas = { urls: [], maxLagMs: 0 } } = options;
    this.erasureKey = erasureKey;
    this.project = options.project ?? null;
    const writing = connection(url, `${byKey} ${onWorkers} ${together} ${waits}`);
    const soon = { connectionTimeoutMillis: INTAKE_PATIENCE_MS };
    this.intake = openPool({ ...writing, ...soon, pipeline: true, max: 5 }, driver);
    if (!volatile) this.intake.on('connect', (client) => void client.query(demandDurability).catch(() => undefined));
    const readOnly = `${byIndex} ${onWorkers} -c default_transaction_read_only=on -c statement_timeout=${statementTimeoutMs}`;
    this.queries = openPool({ ...connection(url, readOnly), max: 12 }, driver);
    this.endWatch = breakOffAllHung(this.queries);
    const patience = { connectionTimeoutMillis: REPLICA_PATIENCE_MS, max: 12 };
    const pools = replicas.urls.map((one) =>
      openPool({ ...connection(one, `${readOnly} ${replicaWaits}`), ...patience }, driver),
    );
    this.replicas = new Replicas(this.queries, pools, {
      maxLagMs: replicas.maxLagMs,
      logger: loggerOf(this, 'Replicas'),
    });
  }

  /** For everything off the hot path; opened on first use. */
  get prisma(): PrismaClient {
    return (this.opened ??= openPrisma(this.url, { statementTimeoutMs: this.statementTimeoutMs }));
  }

  /** Runs last, because the module is global. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([this.intake.end(), this.queries.end(), this.replicas.end(), this.opened?.$disconnect()]);
    this.endWatch();
    await this.options.embedded?.stop();
  }
}
