import { describe, expect, test } from 'vitest';
import { type Environment, readSettings, SettingsRefused } from './settings.js';

function problems(env: Environment): readonly string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsRefused) return error.problems;
    throw error;
  }
  return [];
}

const keys = (env: Environment) => Object.fromEntries(readSettings(env).keys);
const production = { NODE_ENV: 'production', LIVEKIT_KEYS: 'APIprod: 0123456789abcdef' };

describe('defaults', () => {
  test('suit a developer with an empty environment', () => {
    expect(readSettings({})).toEqual({
      production: false,
      host: '127.0.0.1',
      port: 3000,
      keys: new Map([['devkey', { secret: 'secret', project: 'default' }]]),
      databaseUrl: null,
      databaseReadUrls: [],
      ownDatabases: new Map(),
      databaseOf: null,
      readMaxLagMs: 1_000,
      databaseDriver: 'fast',
      dataDir: './data',
      spoolDir: 'data/spool',
      spoolMaxBytes: 268_435_456,
      maxBodyBytes: 16_777_216,
      queryMaxDepth: 12,
      queryMaxCost: 200_000,
      queryMaxValues: 1_000_000,
      queryMaxBytes: 33_554_432,
      queryMaxTimeMs: 30_000,
      queryMaxWaitMs: 10_000,
      usageMaxRows: 10_000,
      exportsPerProject: 4,
      exportMinRate: 8_192,
      statementTimeoutMs: 10_000,
      usageGraceMs: 300_000,
      socketsPerToken: 250,
      socketsPerProject: 1_000,
      subscriptionsPerSocket: 100,
      streamBufferBytes: 4 * 2 ** 20,
      socketPingMs: 20_000,
      socketIdleMs: 120_000,
      introspection: true,
      expireAfterMs: 86_400_000,
      erasureKey: null,
      logRetentionMs: null,
      archive: null,
      livekitAccounts: new Map(),
      livekitMetrics: [],
      corsOrigins: [],
      logLevel: 'info',
    });
  });

  test('in production listen everywhere and hide the schema', () => {
    expect(readSettings(production)).toMatchObject({ production: true, host: '0.0.0.0', introspection: false });
  });

  test('stand in for empty values', () => {
    expect(readSettings({ PORT: '', LIVEKIT_KEYS: ' ', DATABASE_URL: '' })).toEqual(readSettings({}));
  });

  test('are frozen', () => {
    expect(Object.isFrozen(readSettings({}))).toBe(true);
  });
});

describe('keys', () => {
  test('are read one a line, by comma, with projects and in quotes', () => {
    expect(keys({ LIVEKIT_KEYS: 'a: one\nb@acme: two , c@x_1-y:"three"\n\n' })).toEqual({
      a: { secret: 'one', project: 'default' },
      b: { secret: 'two', project: 'acme' },
      c: { secret: 'three', project: 'x_1-y' },
    });
  });

  test.each([
    ['"APIx": secret', 'APIx', 'secret'],
    ["'APIx@acme': 'it''s'", 'APIx', "it's"],
    ['{APIx: secret}', 'APIx', 'secret'],
    ['{ "APIx": "a, b" }', 'APIx', 'a, b'],
    ['# keys\nAPIx: secret # ours\n', 'APIx', 'secret'],
    ['APIx: se#cret:=+/', 'APIx', 'se#cret:=+/'],
  ])('%j is read as livekit-server reads it', (LIVEKIT_KEYS, key, secret) => {
    expect(keys({ LIVEKIT_KEYS })).toMatchObject({ [key]: { secret } });
    expect(Object.keys(keys({ LIVEKIT_KEYS }))).toEqual([key]);
  });

  test('in braces may be several', () => {
    expect(Object.keys(keys({ LIVEKIT_KEYS: '{a: one, "b@acme": two}' }))).toEqual(['a', 'b']);
  });

  test.each([
    '"APIx: secret',
    '{APIx: secret',
    '- APIx: secret',
    '&a APIx: secret',
    'APIx: !secret',
    'APIx: *s',
    'APIx: ""',
    '"a b": s',
    'APIx: "a\\b"',
    'APIx: |',
  ])('%j, which is no such pair, is refused', (LIVEKIT_KEYS) => {
    expect(problems({ LIVEKIT_KEYS })).toEqual([expect.stringMatching(/which entry 1 is not$/)]);
  });

  test('join the pair, and leave the development key out', () => {
    expect(Object.keys(keys({ LIVEKIT_API_KEY: 'p', LIVEKIT_API_SECRET: 's', LIVEKIT_KEYS: 'a: one' }))).toEqual([
      'p',
      'a',
    ]);
  });

  test.each([
    ['a: one, a@acme: two', 'LIVEKIT_KEYS must not give the key "a" twice'],
    ['a: one\nb', 'LIVEKIT_KEYS must hold "key: secret" or "key@project: secret", which entry 2 is not'],
    ['a:', 'LIVEKIT_KEYS must hold "key: secret" or "key@project: secret", which entry 1 is not'],
    ['a@Acme: one', 'LIVEKIT_KEYS must name projects of 1 to 64 of a-z, 0-9, _ and -, which that of key "a" is not'],
    ['a@: one', 'LIVEKIT_KEYS must name projects of 1 to 64 of a-z, 0-9, _ and -, which that of key "a" is not'],
    [
      `a@${'x'.repeat(65)}: one`,
      'LIVEKIT_KEYS must name projects of 1 to 64 of a-z, 0-9, _ and -, which that of key "a" is not',
    ],
  ])('%j is refused', (LIVEKIT_KEYS, problem) => {
    expect(problems({ LIVEKIT_KEYS })).toEqual([problem]);
  });

  test('given in the pair and in the list are given twice', () => {
    expect(problems({ LIVEKIT_API_KEY: 'a', LIVEKIT_API_SECRET: 's', LIVEKIT_KEYS: 'a: one' })).toEqual([
      'LIVEKIT_KEYS must not give the key "a" twice',
    ]);
  });

  test('of half a pair are refused', () => {
    expect(problems({ LIVEKIT_API_KEY: 'a' })).toEqual(['LIVEKIT_API_KEY and LIVEKIT_API_SECRET must be set together']);
  });

  test('are demanded in production, and the development ones refused', () => {
    expect(problems({ NODE_ENV: 'production' })).toEqual([
      'LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or LIVEKIT_KEYS, must be set in production',
    ]);
    expect(problems({ NODE_ENV: 'production', LIVEKIT_KEYS: 'devkey: secret' })).toEqual([
      'the default keys are refused in production',
    ]);
  });
});

describe('values', () => {
  test.each([
    ['MAX_BODY_BYTES', '65536', 'maxBodyBytes', 65_536],
    ['MAX_BODY_BYTES', '512KiB', 'maxBodyBytes', 524_288],
    ['MAX_BODY_BYTES', '4 MiB', 'maxBodyBytes', 4_194_304],
    ['STATEMENT_TIMEOUT', '500ms', 'statementTimeoutMs', 500],
    ['STATEMENT_TIMEOUT', '3s', 'statementTimeoutMs', 3_000],
    ['STATEMENT_TIMEOUT', '2m', 'statementTimeoutMs', 120_000],
    ['USAGE_GRACE', '720h', 'usageGraceMs', 2_592_000_000],
    ['USAGE_GRACE', '90d', 'usageGraceMs', 7_776_000_000],
    ['SPOOL_MAX_BYTES', '4GiB', 'spoolMaxBytes', 4_294_967_296],
    ['INTROSPECTION', 'false', 'introspection', false],
    [
      'CORS_ORIGINS',
      'https://a.example, http://b.example:8080',
      'corsOrigins',
      ['https://a.example', 'http://b.example:8080'],
    ],
    ['PORT', '0', 'port', 0],
    [
      'LIVEKIT_METRICS_URL',
      'http://a:6789/metrics,acme=http://b:6789',
      'livekitMetrics',
      [
        ['default', 'http://a:6789/metrics'],
        ['acme', 'http://b:6789'],
      ],
    ],
    ['EXPIRE_AFTER', '6h', 'expireAfterMs', 21_600_000],
    ['EXPIRE_AFTER', 'off', 'expireAfterMs', null],
    [
      'LIVEKIT_URL',
      'wss://livekit.example.com/',
      'livekitAccounts',
      new Map([['default', { url: 'https://livekit.example.com', key: 'devkey', secret: 'secret' }]]),
    ],
    ['LOG_LEVEL', 'silent', 'logLevel', 'silent'],
  ])('%s=%s', (name, text, setting, value) => {
    expect(readSettings({ [name]: text })).toHaveProperty(setting, value);
  });

  test.each([
    ['MAX_BODY_BYTES', '2MB', 'MAX_BODY_BYTES must be a size such as 65536, 512KiB, 2MiB or 1GiB'],
    ['MAX_BODY_BYTES', '0', 'MAX_BODY_BYTES must be a size such as 65536, 512KiB, 2MiB or 1GiB'],
    ['MAX_BODY_BYTES', '1GiB', 'MAX_BODY_BYTES must be at most 256MiB'],
    ['STATEMENT_TIMEOUT', '10', 'STATEMENT_TIMEOUT must be a duration such as 500ms, 10s, 5m, 6h or 30d'],
    ['STATEMENT_TIMEOUT', '25d', 'STATEMENT_TIMEOUT must be at most 24d'],
    ['USAGE_GRACE', '99999999m', 'USAGE_GRACE must be at most 36500d'],
    [
      'LIVEKIT_URL',
      'livekit.example.com',
      'LIVEKIT_URL must be a URL such as https://livekit.example.com, or project=url for each project',
    ],
    [
      'LIVEKIT_METRICS_URL',
      'http://me:hush@livekit.example.com',
      'LIVEKIT_METRICS_URL must not hold a user or password, which logs would show',
    ],
    [
      'LIVEKIT_URL',
      'acme=https://livekit.example.com',
      'LIVEKIT_URL names the project "acme", of which there is no key',
    ],
    ['PORT', '70000', 'PORT must be a whole number from 0 to 65535'],
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535'],
    ['INTROSPECTION', 'maybe', 'INTROSPECTION must be one of true, false'],
    ['DATABASE_DRIVER', 'slow', 'DATABASE_DRIVER must be one of fast, plain'],
    ['NODE_ENV', 'staging', 'NODE_ENV must be one of development, production, test'],
    ['CORS_ORIGINS', 'a.example', 'CORS_ORIGINS must list origins such as https://app.example.com, not "a.example"'],
    [
      'DATABASE_URL',
      'mysql://root:pw@h/d',
      'DATABASE_URL must be a URL such as postgresql://user:password@host:5432/name',
    ],
  ])('%s=%s is refused', (name, text, problem) => {
    expect(problems({ [name]: text })).toEqual([problem]);
  });

  test.each([
    'postgresql://u:p@h/d?schema=ledger&sslmode=verify-full&sslrootcert=/ca&connect_timeout=5&options=-c%20work_mem%3D1MB',
    'postgres:///d?host=/var/run/postgresql&user=me&application_name=ledger',
  ])('DATABASE_URL=%s', (url) => {
    expect(readSettings({ DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  test.each([
    [
      'pgbouncer=true&connection_limit=5',
      /^DATABASE_URL must not hold pgbouncer, connection_limit, which this service does not read/,
    ],
    ['sslmode=no-verify', /^DATABASE_URL must hold one of sslmode=disable, prefer, require, verify-ca, verify-full$/],
    ['sslmode=verify-ca', /^DATABASE_URL must hold sslrootcert/],
    ['connect_timeout=soon', /^DATABASE_URL must hold connect_timeout in whole seconds$/],
    ['schema=', /^DATABASE_URL must name a schema/],
    ['schema=a"b', /^DATABASE_URL must name a schema/],
  ])('DATABASE_URL with ?%s is refused', (parameters, problem) => {
    expect(problems({ DATABASE_URL: `postgresql://h/d?${parameters}` })).toEqual([expect.stringMatching(problem)]);
  });

  test.each([
    ['postgres://u:a,b@h/d?schema=x', ['postgres://u:a,b@h/d?schema=x']],
    ['postgresql://a/d, postgres://b/d\npostgresql://c/d,', ['postgresql://a/d', 'postgres://b/d', 'postgresql://c/d']],
  ])('DATABASE_URL_READ=%j', (DATABASE_URL_READ, urls) => {
    expect(readSettings({ DATABASE_URL: 'postgresql://h/d', DATABASE_URL_READ }).databaseReadUrls).toEqual(urls);
  });

  test.each([
    [{ READ_MAX_LAG: '299ms' }, 'READ_MAX_LAG must be at least 300ms'],
    [{ DATABASE_URL: '' }, 'DATABASE_URL_READ needs DATABASE_URL: the embedded Postgres has no replicas'],
    [{ DATABASE_URL_READ: 'postgres://a,postgres://a' }, 'DATABASE_URL_READ must name each replica once'],
    [{ DATABASE_URL_READ: 'postgres://a?x=1' }, expect.stringMatching(/^DATABASE_URL_READ must not hold x, /)],
  ])('replicas with %j are refused', (given, problem) => {
    const others = { DATABASE_URL: 'postgresql://h/d', DATABASE_URL_READ: 'postgresql://a/d' };
    expect(problems({ ...others, ...given })).toEqual([problem]);
  });

  const dropped = { LOG_RETENTION: '90d' };
  test.each([
    [{ ARCHIVE: 'none' }, { kind: 'none' }],
    [{ ARCHIVE_DIR: '/archive' }, { kind: 'folder', path: '/archive' }],
    [
      { ARCHIVE_S3_BUCKET: 'logs', ARCHIVE_S3_PREFIX: '/a/b/', ARCHIVE_S3_ENDPOINT: 'http://minio:9000' },
      { kind: 'bucket', bucket: 'logs', prefix: 'a/b/', region: 'us-east-1', endpoint: 'http://minio:9000' },
    ],
    [
      { ARCHIVE_S3_BUCKET: 'logs', ARCHIVE_S3_ACCESS_KEY_ID: 'id', ARCHIVE_S3_SECRET_ACCESS_KEY: 'key' },
      { kind: 'bucket', prefix: '', credentials: { accessKeyId: 'id', secretAccessKey: 'key' } },
    ],
  ])('that drop months say where they go: %j', (texts, archive) => {
    expect(readSettings({ ...dropped, ...texts })).toMatchObject({ logRetentionMs: 7_776_000_000, archive });
  });

  const both = { ARCHIVE_DIR: '/archive', ARCHIVE: 'none' };
  const half = { ARCHIVE_S3_BUCKET: 'b', ARCHIVE_S3_ACCESS_KEY_ID: 'id' };
  const nowhere = 'LOG_RETENTION needs ARCHIVE_DIR or ARCHIVE_S3_BUCKET, or ARCHIVE=none to lose what it drops';
  test.each([
    [dropped, nowhere],
    [{ LOG_RETENTION: '30d' }, 'LOG_RETENTION must be at least 31d, or off'],
    [both, 'ARCHIVE set to none, ARCHIVE_DIR and ARCHIVE_S3_BUCKET exclude each other'],
    [{ ARCHIVE: 'yes' }, 'ARCHIVE must be none, or be left out'],
    [half, 'ARCHIVE needs ARCHIVE_S3_ACCESS_KEY_ID and ARCHIVE_S3_SECRET_ACCESS_KEY together'],
    [
      { ARCHIVE_S3_BUCKET: 'b', ARCHIVE_S3_ENDPOINT: 'minio' },
      'ARCHIVE needs ARCHIVE_S3_ENDPOINT to be a URL such as https://minio.example.com',
    ],
  ])('that would drop the log without care are refused: %j', (texts, problem) => {
    expect(problems(texts)).toEqual([problem]);
  });

  test('that are wrong are all named in one refusal, without secrets', () => {
    const refuse = () =>
      readSettings({ PORT: 'x', LOG_LEVEL: 'loud', LIVEKIT_KEYS: 'a@B: hush', DATABASE_URL: 'pg://u:hush@h' });
    expect(refuse).toThrow(/LIVEKIT_KEYS.*PORT.*DATABASE_URL.*LOG_LEVEL/);
    expect(refuse).not.toThrow(/hush/);
  });
});
