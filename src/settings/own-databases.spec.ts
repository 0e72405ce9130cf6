import { expect, it } from 'vitest';
import { settingsOfLedgers } from './ledger-settings.js';
import { type Environment, readSettings, SettingsRefused } from './settings.js';

const keys = { LIVEKIT_KEYS: 'a: one, b@acme: two, c@globex: three' };
const own = { DATABASE_URLS: 'acme=postgresql://u:p,w@h/acme,\nglobex=postgres://h/globex' };
const shared = { DATABASE_URL: 'postgresql://h/shared' };

const settingsOf = (env: Environment) => readSettings({ ...keys, ...shared, ...own, ...env });

function problems(env: Environment): readonly string[] {
  try {
    settingsOf(env);
  } catch (error) {
    if (error instanceof SettingsRefused) return error.problems;
    throw error;
  }
  throw new Error('the settings were taken');
}

it('gives each project its database, and the others the shared one', () => {
  const ledgers = settingsOfLedgers(settingsOf({}));
  expect(ledgers.map(({ databaseOf, databaseUrl }) => [databaseOf, databaseUrl])).toEqual([
    [null, 'postgresql://h/shared'],
    ['acme', 'postgresql://u:p,w@h/acme'],
    ['globex', 'postgres://h/globex'],
  ]);
});

it('has one database without DATABASE_URLS', () => {
  const settings = settingsOf({ DATABASE_URLS: '' });
  expect(settingsOfLedgers(settings)).toEqual([settings]);
});

it('needs no shared database where every project has its own', () => {
  const ledgers = settingsOfLedgers(settingsOf({ LIVEKIT_KEYS: 'b@acme: two, c@globex: three', DATABASE_URL: '' }));
  expect(ledgers.map(({ databaseOf }) => databaseOf)).toEqual(['acme', 'globex']);
});

it('divides replicas, LiveKits, the spool and the archive among the databases', () => {
  const settings = settingsOf({
    DATABASE_URL_READ: 'postgres://r/shared, acme=postgres://r1/acme acme=postgres://r2/acme',
    LIVEKIT_URL: 'http://a, acme=http://b',
    LIVEKIT_METRICS_URL: 'acme=http://b:6789, acme=http://c:6789',
    SPOOL_DIR: '/spool',
    ARCHIVE_DIR: '/archive',
  });
  const [others, acme, globex] = settingsOfLedgers(settings).map((one) => ({
    replicas: one.databaseReadUrls,
    asked: [...one.livekitAccounts.keys()],
    measured: one.livekitMetrics.map(([project]) => project),
    spool: one.spoolDir,
    archive: one.archive,
  }));
  expect(others).toEqual({
    replicas: ['postgres://r/shared'],
    asked: ['default'],
    measured: [],
    spool: '/spool',
    archive: { kind: 'folder', path: '/archive' },
  });
  expect(acme).toEqual({
    replicas: ['postgres://r1/acme', 'postgres://r2/acme'],
    asked: ['acme'],
    measured: ['acme', 'acme'],
    spool: '/spool/projects/acme',
    archive: { kind: 'folder', path: '/archive/projects/acme' },
  });
  expect(globex).toMatchObject({ replicas: [], asked: [], spool: '/spool/projects/globex' });
});

it('gives each database a prefix of its own in a bucket', () => {
  const settings = settingsOf({ ARCHIVE_S3_BUCKET: 'ledger', ARCHIVE_S3_PREFIX: 'logs' });
  const prefixes = settingsOfLedgers(settings).map(({ archive }) => archive?.kind === 'bucket' && archive.prefix);
  expect(prefixes).toEqual(['logs/', 'logs/projects/acme/', 'logs/projects/globex/']);
});

it.each([
  [{ DATABASE_URLS: 'postgres://h/d' }, 'DATABASE_URLS must hold project=url, which entry 1 is not'],
  [
    { DATABASE_URLS: 'acme=postgres://h/a,postgres://h/b' },
    'DATABASE_URLS must hold project=url, which entry 2 is not',
  ],
  [
    { DATABASE_URLS: 'acme=postgres://h/a,Globex=postgres://h/b' },
    'DATABASE_URLS must name projects of 1 to 64 of a-z, 0-9, _ and -, which that of entry 2 is not',
  ],
  [{ DATABASE_URLS: 'acme=mysql://h/a' }, expect.stringMatching(/^DATABASE_URLS must be a URL such as/)],
  [{ DATABASE_URLS: 'acme=postgres://h/a?x=1' }, expect.stringMatching(/^DATABASE_URLS must not hold x, which/)],
  [
    { DATABASE_URLS: 'acme=postgres://h/a,acme=postgres://h/b' },
    'DATABASE_URLS must not give the project "acme" twice',
  ],
  [
    { DATABASE_URLS: 'acme=postgres://h/a,globex=postgres://h/a' },
    'DATABASE_URLS must not give "acme" and "globex" the same database',
  ],
  [{ DATABASE_URLS: 'other=postgres://h/a' }, 'DATABASE_URLS names the project "other", of which there is no key'],
  [
    { DATABASE_URLS: 'acme=postgresql://h/shared' },
    'DATABASE_URLS gives the project "acme" the database of DATABASE_URL',
  ],
  [{ DATABASE_URL: '' }, 'DATABASE_URLS does not name the project "default", and DATABASE_URL is not set'],
  [
    { DATABASE_URL_READ: 'other=postgres://h/a' },
    'DATABASE_URL_READ names the project "other", which DATABASE_URLS does not',
  ],
  [{ DATABASE_URL_READ: 'acme=postgres://h/a,globex=postgres://h/a' }, 'DATABASE_URL_READ must name each replica once'],
])('refuses %j', (env, problem) => {
  expect(problems(env)).toEqual([problem]);
});
