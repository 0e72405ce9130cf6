import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/prisma/client.js';
import { connection } from './connection.js';

const CONNECTIONS = 2;

export interface PrismaOptions {
  /** The tables' schema, where it is not the connection's own. */
  readonly schema?: string;
  /** 0: no limit. */
  readonly statementTimeoutMs?: number;
}

/** Prisma Client for what is not on a hot path. It connects with its first query; whoever opens it disconnects it. */
export function openPrisma(url: string, { schema, statementTimeoutMs = 0 }: PrismaOptions = {}): PrismaClient {
  const pool = { ...connection(url, `-c statement_timeout=${statementTimeoutMs}`), max: CONNECTIONS };
  // A server that goes away ends idle connections: the next query reports it.
  return new PrismaClient({ adapter: new PrismaPg(pool, { onPoolError: () => undefined, ...(schema && { schema }) }) });
}
