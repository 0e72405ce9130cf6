import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/prisma/client.js';
import { connection, schemaOf } from './connection.js';

const CONNECTIONS = 2;

export interface PrismaOptions {
  /** The tables' schema, where it is not the URL's. */
  readonly schema?: string;
  /** 0: no limit. */
  readonly statementTimeoutMs?: number;
}

/** For what is off the hot path. Connects with its first query; whoever opens it disconnects it. */
export function openPrisma(
  url: string,
  { schema = schemaOf(url), statementTimeoutMs = 0 }: PrismaOptions = {},
): PrismaClient {
  const pool = { ...connection(url, `-c statement_timeout=${statementTimeoutMs}`), max: CONNECTIONS };
  // The next query reports a lost idle connection.
  return new PrismaClient({ adapter: new PrismaPg(pool, { onPoolError: () => undefined, ...(schema && { schema }) }) });
}
