import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of one's own: migrated, empty. */
export async function createDatabase(): Promise<TestDatabase> {
  const template = inject('template');
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  const onNodes = async (sql: string): Promise<void> => {
    for (const node of inject('nodes')) await onServer(sql, node);
  };
  await onNodes(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = Object.assign(new URL(inject('serverUrl')), { pathname: name }).href;
  return { url, drop: () => onNodes(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** A database of one's own without a table. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const name = `${inject('template')}_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(inject('serverUrl')), { pathname: name }).href;
  return { url, drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(sql: string, server = inject('serverUrl')): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
