import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { EmbeddedServer } from '../../src/database/embedded/embedded-server.js';
import { prepare } from '../../src/database/prepare.js';
import { distribute, distributionOf } from '../../src/log/distribute.js';
import { keepLog } from '../../src/log/keep.js';
import { keepingLog } from '../../src/log/log-lock.js';
import { joinNodes, letGo, workersOf } from '../../harness/citus.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that tests use, any database of it. */
    serverUrl: string;
    /** The server, and with CITUS_URL the workers: a database is made on each. */
    nodes: string[];
    /** A migrated database without connections. */
    template: string;
    /** A folder that is removed after the run. */
    scratch: string;
  }
}

/** One server for the run, DATABASE_URL's or an embedded one, with a migrated database to clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Tests run its programs as `npm start` does, from dist.
  execFileSync(process.execPath, ['scripts/build.mjs', '--where-changed'], { stdio: 'inherit' });
  const citus = project.config.env?.['ON_CITUS'] ? process.env['CITUS_URL'] : undefined;
  const server = await openServer(citus ?? process.env['DATABASE_URL']);
  const nodes = [server.url, ...(citus ? await workersOf(citus) : [])];
  const template = `roomledger_${randomBytes(6).toString('hex')}`;
  const scratch = mkdtempSync(join(tmpdir(), 'roomledger-scratch-'));
  const close = async (): Promise<void> => {
    for (const node of nodes) await dropAll(node, template);
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    for (const node of nodes) await onServer(node, `CREATE DATABASE ${template}`);
    const [href = '', ...workers] = nodes.map((node) => Object.assign(new URL(node), { pathname: template }).href);
    if (citus) await joinNodes(href, workers);
    await prepare(href);
    await keepingLog(href, { wait: true }, async (keeping) => {
      await keepLog(keeping, Math.floor(Date.now() / 1000));
      if (citus) await distribute(keeping.client, await distributionOf(keeping.client, 2));
    });
    if (citus) for (const node of nodes) await letGo(node, template);
  } catch (error) {
    await close();
    throw error;
  }
  project.provide('serverUrl', server.url);
  project.provide('nodes', nodes);
  project.provide('template', template);
  project.provide('scratch', scratch);
  return close;
}

async function openServer(url: string | undefined): Promise<{ url: string; close(): Promise<void> }> {
  if (url) return { url, close: () => Promise.resolve() };
  const folder = mkdtempSync(join(tmpdir(), 'roomledger-test-'));
  const server = await EmbeddedServer.start(folder, { settings: ['fsync=off', 'max_connections=300'] });
  return {
    url: server.url,
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The template and what tests left of its clones. */
async function dropAll(url: string, template: string): Promise<void> {
  const names = await onServer(url, `SELECT datname FROM pg_database WHERE starts_with(datname, '${template}')`);
  for (const { datname } of names) await onServer(url, `DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
}

async function onServer(url: string, sql: string): Promise<{ datname: string }[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ datname: string }>(sql)).rows;
  } finally {
    await client.end();
  }
}
