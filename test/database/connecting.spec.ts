import { chmodSync, chownSync, copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/database/database.module.js';
import { EmbeddedServer } from '../../src/database/embedded/embedded-server.js';
import { prepare } from '../../src/database/prepare.js';
import { withPreferredTls } from '../../src/database/tls.js';
import { readSettings } from '../../src/settings/settings.js';
import { createDatabase, createEmptyDatabase } from '../support/database.js';
import { emptyFolder, query } from '../support/embedded.js';
import { Proxy } from '../support/proxy.js';

const certificate = join(import.meta.dirname, '../fixtures/tls/server.crt');

async function emptyDatabase(): Promise<string> {
  const { url, drop } = await createEmptyDatabase();
  onTestFinished(drop);
  return url;
}

/** A login without any right of its own. */
async function roleOf(url: string): Promise<{ url: string; role: string }> {
  const role = `role_${randomBytes(6).toString('hex')}`;
  await query(url, `create role ${role} login password 'secret'`);
  onTestFinished(async () => {
    await query(url, `drop owned by ${role}`);
    await query(inject('serverUrl'), `drop role ${role}`);
  });
  return { url: Object.assign(new URL(url), { username: role, password: 'secret' }).href, role };
}

function withParameters(url: string, parameters: Record<string, string>): string {
  const target = new URL(url);
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  return target.href;
}

test.each(['ledger', 'My own Ledger'])('a schema named %j in the URL is made, and holds everything', async (schema) => {
  const url = await emptyDatabase();
  const database = await openDatabase(readSettings({ DATABASE_URL: withParameters(url, { schema }) }));
  try {
    expect(await database.prisma.logEpoch.count()).toBe(1);
    expect((await database.queries.query('select epoch from log_epoch')).rows).toHaveLength(1);
  } finally {
    await database.onApplicationShutdown();
  }
  const homes = await query(
    url,
    "select distinct relnamespace::regnamespace::text as home from pg_class where relname in ('room', '_prisma_migrations')",
  );
  expect(homes).toEqual([{ home: schema.includes(' ') ? `"${schema}"` : schema }]);
});

test('a search_path without a schema of the database is refused in one sentence', async () => {
  const url = withParameters(await emptyDatabase(), { options: '-c search_path=elsewhere' });
  await expect(prepare(url)).rejects.toThrow(
    /^None of the schemas of the search_path \(elsewhere\) is in this database\. Create one, or correct the search_path\.$/,
  );
});

test('a search_path that leads to another schema than the URL is refused in one sentence', async () => {
  const url = await emptyDatabase();
  await query(url, 'create schema elsewhere');
  await expect(prepare(withParameters(url, { options: '-c search_path=elsewhere' }))).rejects.toThrow(
    /^The search_path leads to the schema elsewhere\. Name it in DATABASE_URL: \?schema=elsewhere\.$/,
  );
});

test('a role that may not create tables is refused in one sentence, and none is needed where they are', async () => {
  const { url } = await roleOf(await emptyDatabase());
  await expect(prepare(url)).rejects.toThrow(
    /^The database refuses to be prepared \(permission denied for schema public\)\. Grant its role what docs\/operations\.md lists\.$/,
  );
  const migrated = await createDatabase();
  onTestFinished(migrated.drop);
  const { url: limited, role } = await roleOf(migrated.url);
  await query(migrated.url, `grant select, insert, update, delete on all tables in schema public to ${role}`);
  expect(await prepare(limited)).toEqual([]);
});

test('a pooler, whose process is another than the one it named, is refused in one sentence', async () => {
  const target = await emptyDatabase();
  const pooler = await new Proxy(new URL(target), renamedProcess).open();
  onTestFinished(() => pooler.cut());
  await expect(prepare(pooler.url)).rejects.toThrow(
    /^DATABASE_URL leads to a pooler, which shares connections or drops their settings\. Give the URL of the PostgreSQL server itself\.$/,
  );
});

/** Poolers answer with a process number of their own, in the message `K` of 12 bytes. */
function renamedProcess(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
  if (at >= 0) bytes.writeInt32BE(1, at + 5);
  return bytes;
}

test('a certificate that is not there is named in one sentence', async () => {
  const url = withParameters(await emptyDatabase(), { sslmode: 'verify-full', sslrootcert: '/nowhere/ca.crt' });
  await expect(prepare(url)).rejects.toThrow(
    /^No connection to the database at \S+ \(ENOENT.*'\/nowhere\/ca\.crt'\)\. Check its URL in the settings/,
  );
});

test('sslmode means what it means to libpq where the server has no TLS', async () => {
  const url = await emptyDatabase();
  expect(await prepare(await withPreferredTls(withParameters(url, { sslmode: 'prefer' })))).not.toEqual([]);
  await expect(prepare(withParameters(url, { sslmode: 'require' }))).rejects.toThrow(
    'does not support SSL connections',
  );
});

test('sslmode means what it means to libpq where the server has a certificate of its own making', async () => {
  const folder = emptyFolder();
  const settings = ['ssl=on', 'ssl_cert_file=server.crt', 'ssl_key_file=server.key', 'fsync=off'];
  const first = await EmbeddedServer.start(folder);
  const [owner] = await query(
    first.url,
    "select (pg_stat_file('PG_VERSION')).size as size, current_setting('data_directory') as folder",
  );
  await first.stop();
  for (const name of ['server.crt', 'server.key']) copyAs(name, String(owner!['folder']));
  const server = await EmbeddedServer.start(folder, { settings });
  onTestFinished(() => server.stop());
  const encrypted = async (parameters: Record<string, string>): Promise<unknown> => {
    const url = await withPreferredTls(withParameters(server.url, parameters));
    const database = await openDatabase(readSettings({ DATABASE_URL: url }));
    const { rows } = await database.queries.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    await database.onApplicationShutdown();
    return (rows[0] as { ssl: boolean }).ssl;
  };
  expect(await encrypted({ sslmode: 'prefer' })).toBe(true);
  expect(await encrypted({ sslmode: 'require' })).toBe(true);
  expect(await encrypted({ sslmode: 'disable' })).toBe(false);
  expect(await encrypted({ sslmode: 'verify-ca', sslrootcert: certificate })).toBe(true);
  await expect(encrypted({ sslmode: 'verify-full', sslrootcert: certificate })).rejects.toThrow(
    /does not match certificate/,
  );
  await expect(encrypted({ sslmode: 'verify-full' })).rejects.toThrow('self-signed certificate');
});

function copyAs(name: string, folder: string): void {
  const to = join(folder, name);
  copyFileSync(join(certificate, '..', name), to);
  // The server runs as another user when the tests run as root.
  const { uid, gid } = statSync(folder);
  chownSync(to, uid, gid);
  chmodSync(to, 0o600);
}
