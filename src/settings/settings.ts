import { join } from 'node:path';
import { type Archive, archiveNames, archiveOf, type ArchiveTexts } from './archive.js';
import { type ApiKey, keyList, keysByName, type NamedKey } from './api-keys.js';
import { accountsOf, type LivekitAccount, type ProjectUrl, urlList } from './livekit-accounts.js';
import { databaseUrl } from './database-url.js';
import {
  type OwnDatabase,
  ownDatabasesOf,
  projectUrlList,
  readUrlList,
  requireDatabaseOfEach,
} from './own-databases.js';
import {
  duration,
  durationOrOff,
  lag,
  type LogLevel,
  logLevel,
  oneOf,
  origins,
  Problem,
  requestSize,
  retention,
  secretKey,
  size,
  timeout,
  whole,
  yesOrNo,
} from './values.js';

/** What the environment says, read once (docs/design.md section 10). Injected by this class as its token. */
export abstract class Settings {
  abstract readonly production: boolean;
  abstract readonly host: string;
  /** 0 takes any free port. */
  abstract readonly port: number;
  /** API key → its secret and project. */
  abstract readonly keys: ReadonlyMap<string, ApiKey>;
  /** Null: the embedded Postgres in `dataDir`. */
  abstract readonly databaseUrl: string | null;
  /** Streaming replicas that answer questions. */
  abstract readonly databaseReadUrls: readonly string[];
  /** Of projects that do not share `databaseUrl`, by project. */
  abstract readonly ownDatabases: ReadonlyMap<string, OwnDatabase>;
  /** Set in the settings of a ledger: the project that has the database for itself. */
  abstract readonly databaseOf: string | null;
  abstract readonly readMaxLagMs: number;
  abstract readonly databaseDriver: 'fast' | 'plain';
  abstract readonly dataDir: string;
  /** Null: no spool. */
  abstract readonly spoolDir: string | null;
  abstract readonly spoolMaxBytes: number;
  abstract readonly maxBodyBytes: number;
  abstract readonly queryMaxDepth: number;
  abstract readonly queryMaxCost: number;
  abstract readonly queryMaxValues: number;
  abstract readonly queryMaxBytes: number;
  abstract readonly queryMaxTimeMs: number;
  abstract readonly queryMaxWaitMs: number;
  abstract readonly statementTimeoutMs: number;
  /** Windows, and rows, of all usage questions of a query together. */
  abstract readonly usageMaxRows: number;
  abstract readonly exportsPerProject: number;
  abstract readonly exportMinRate: number;
  /** How long after a window's end late events may still change its usage. */
  abstract readonly usageGraceMs: number;
  /** Where to ask for what is still there, by project. */
  abstract readonly livekitAccounts: ReadonlyMap<string, LivekitAccount>;
  /** LiveKit's own metrics, one or more of each project. */
  abstract readonly livekitMetrics: readonly ProjectUrl[];
  /** Silence after which a session is over; null: never. */
  abstract readonly expireAfterMs: number | null;
  /** Recognises the texts of people who were erased; null: nobody can be. */
  abstract readonly erasureKey: string | null;
  /** Age at which months of the log are dropped; null: never. */
  abstract readonly logRetentionMs: number | null;
  /** Null: nowhere, and nothing is dropped. */
  abstract readonly archive: Archive | null;
  abstract readonly socketsPerToken: number;
  abstract readonly socketsPerProject: number;
  abstract readonly subscriptionsPerSocket: number;
  /** Of each stream, for those who read slower than it comes. */
  abstract readonly streamBufferBytes: number;
  abstract readonly socketPingMs: number;
  /** How long a socket may have no subscription. */
  abstract readonly socketIdleMs: number;
  abstract readonly introspection: boolean;
  abstract readonly corsOrigins: readonly string[];
  abstract readonly logLevel: LogLevel;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The message names every problem. */
export class SettingsRefused extends Error {
  override name = 'SettingsRefused';

  constructor(readonly problems: readonly string[]) {
    super(`The settings cannot be used: ${problems.join('; ')}.`);
  }
}

/** @throws SettingsRefused */
export function readSettings(env: Environment): Settings {
  const reader = new Reader(env);
  const production =
    reader.value('NODE_ENV', oneOf('development', 'production', 'test'), 'development') === 'production';
  const dataDir = reader.value('DATA_DIR', String, './data');
  const keys = readKeys(reader, production);
  const settings: Omit<Settings, 'livekitAccounts' | 'archive'> = {
    production,
    host: reader.value('HOST', String, production ? '0.0.0.0' : '127.0.0.1'),
    port: reader.value('PORT', whole(0, 65_535), 3000),
    keys,
    ...readDatabases(reader, keys),
    dataDir,
    spoolDir: reader.value('SPOOL_DIR', String, production ? null : join(dataDir, 'spool')),
    spoolMaxBytes: reader.value('SPOOL_MAX_BYTES', size, 256 * 2 ** 20),
    maxBodyBytes: reader.value('MAX_BODY_BYTES', requestSize, 16 * 2 ** 20),
    queryMaxDepth: reader.value('QUERY_MAX_DEPTH', whole(1, 100), 12),
    queryMaxCost: reader.value('QUERY_MAX_COST', whole(1, 2 ** 31 - 1), 200_000),
    queryMaxValues: reader.value('QUERY_MAX_VALUES', whole(1, 2 ** 31 - 1), 1_000_000),
    queryMaxBytes: reader.value('QUERY_MAX_BYTES', size, 32 * 2 ** 20),
    queryMaxTimeMs: reader.value('QUERY_MAX_TIME', timeout, 30_000),
    queryMaxWaitMs: reader.value('QUERY_MAX_WAIT', timeout, 10_000),
    statementTimeoutMs: reader.value('STATEMENT_TIMEOUT', timeout, 10_000),
    usageMaxRows: reader.value('USAGE_MAX_ROWS', whole(1, 1_000_000), 10_000),
    exportsPerProject: reader.value('EXPORTS_PER_PROJECT', whole(1, 100), 4),
    exportMinRate: reader.value('EXPORT_MIN_RATE', size, 8 * 2 ** 10),
    usageGraceMs: reader.value('USAGE_GRACE', duration, 300_000),
    livekitMetrics: reader.value('LIVEKIT_METRICS_URL', urlList, Object.freeze([])),
    expireAfterMs: reader.value('EXPIRE_AFTER', durationOrOff, 86_400_000),
    erasureKey: reader.value('ERASURE_KEY', secretKey, null),
    logRetentionMs: reader.value('LOG_RETENTION', retention, null),
    socketsPerToken: reader.value('SOCKETS_PER_TOKEN', whole(1, 100_000), 250),
    socketsPerProject: reader.value('SOCKETS_PER_PROJECT', whole(1, 100_000), 1_000),
    subscriptionsPerSocket: reader.value('SUBSCRIPTIONS_PER_SOCKET', whole(1, 10_000), 100),
    streamBufferBytes: reader.value('STREAM_BUFFER', size, 4 * 2 ** 20),
    socketPingMs: reader.value('SOCKET_PING', timeout, 20_000),
    socketIdleMs: reader.value('SOCKET_IDLE', timeout, 120_000),
    introspection: reader.value('INTROSPECTION', yesOrNo, !production),
    corsOrigins: reader.value('CORS_ORIGINS', origins, Object.freeze([])),
    logLevel: reader.value('LOG_LEVEL', logLevel, 'info'),
  };
  const urls = reader.value('LIVEKIT_URL', urlList, []);
  const livekitAccounts = reader.attempt('LIVEKIT_URL', () => accountsOf(urls, settings.keys));
  const archive = readArchive(reader, settings.logRetentionMs);
  if (livekitAccounts === undefined || reader.problems.length > 0) throw new SettingsRefused(reader.problems);
  return Object.freeze({ ...settings, livekitAccounts, archive });
}

class Reader {
  readonly problems: string[] = [];

  constructor(private readonly env: Environment) {}

  text(name: string): string | undefined {
    const text = this.env[name]?.trim();
    return text === '' ? undefined : text;
  }

  value<T, F>(name: string, parse: (text: string) => T, fallback: F): T | F {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = this.attempt(name, () => parse(text));
    return value === undefined ? fallback : value;
  }

  attempt<T>(name: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problems.push(`${name} ${error.message}`);
      return undefined;
    }
  }
}

type DatabaseSettings = Pick<
  Settings,
  'databaseUrl' | 'databaseReadUrls' | 'ownDatabases' | 'databaseOf' | 'readMaxLagMs' | 'databaseDriver'
>;

function readDatabases(reader: Reader, keys: Settings['keys']): DatabaseSettings {
  const url = reader.value('DATABASE_URL', databaseUrl, null);
  const readUrls = reader.value('DATABASE_URL_READ', readUrlList, []);
  const urls = reader.value('DATABASE_URLS', projectUrlList, []);
  const own = reader.attempt('DATABASE_URL_READ', () => ownDatabasesOf(urls, readUrls)) ?? new Map();
  if (keys.size > 0) reader.attempt('DATABASE_URLS', () => requireDatabaseOfEach(keys, own, url));
  const sharedReadUrls = readUrls.filter(([project]) => project === null).map(([, readUrl]) => readUrl);
  if (url === null && sharedReadUrls.length > 0) {
    reader.problems.push('DATABASE_URL_READ needs DATABASE_URL: the embedded Postgres has no replicas');
  }
  return {
    databaseUrl: url,
    databaseReadUrls: Object.freeze(sharedReadUrls),
    ownDatabases: own,
    databaseOf: null,
    readMaxLagMs: reader.value('READ_MAX_LAG', lag, 1_000),
    databaseDriver: reader.value('DATABASE_DRIVER', oneOf('fast', 'plain'), 'fast'),
  };
}

function readKeys(reader: Reader, production: boolean): ReadonlyMap<string, ApiKey> {
  const before = reader.problems.length;
  const given = [...readPair(reader), ...reader.value('LIVEKIT_KEYS', keyList, [])];
  const refused = reader.problems.length > before;
  const keys = given.length === 0 && !refused ? defaultKeys(reader, production) : given;
  if (production && keys.some(isDefault)) reader.problems.push('the default keys are refused in production');
  return reader.attempt('LIVEKIT_KEYS', () => keysByName(keys)) ?? new Map<string, ApiKey>();
}

function readArchive(reader: Reader, retentionMs: number | null): Archive | null {
  const texts = Object.fromEntries(archiveNames.map((name) => [name, reader.text(name)])) as ArchiveTexts;
  const archive = reader.attempt('ARCHIVE', () => archiveOf(texts)) ?? null;
  if (retentionMs !== null && archive === null) {
    reader.problems.push('LOG_RETENTION needs ARCHIVE_DIR or ARCHIVE_S3_BUCKET, or ARCHIVE=none to lose what it drops');
  }
  return archive;
}

function readPair(reader: Reader): readonly NamedKey[] {
  const [key, secret] = [reader.text('LIVEKIT_API_KEY'), reader.text('LIVEKIT_API_SECRET')];
  if (key !== undefined && secret !== undefined) return [{ key, secret, project: 'default' }];
  if (key !== undefined || secret !== undefined) {
    reader.problems.push('LIVEKIT_API_KEY and LIVEKIT_API_SECRET must be set together');
  }
  return [];
}

function defaultKeys(reader: Reader, production: boolean): readonly NamedKey[] {
  if (!production) return [developmentKey];
  reader.problems.push('LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or LIVEKIT_KEYS, must be set in production');
  return [];
}

/** What `livekit-server --dev` signs with. */
const developmentKey: NamedKey = { key: 'devkey', secret: 'secret', project: 'default' };

function isDefault({ key, secret }: NamedKey): boolean {
  return key === developmentKey.key || secret === developmentKey.secret;
}
