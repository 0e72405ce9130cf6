import { Global, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../settings/settings.js';
import { Database, type DatabaseOptions } from './database.js';
import { logIsDistributed } from './distributed-log.js';
import { loggerOf } from './logger-of.js';
import { EmbeddedServer } from './embedded/embedded-server.js';
import { prepare } from './prepare.js';
import { unsafeSettings } from './server-facts.js';
import { requireStandbys } from './standbys.js';
import { withPreferredTls } from './tls.js';

@Global()
@Module({
  providers: [{ provide: Database, useFactory: openWithReplicas, inject: [Settings] }],
  exports: [Database],
})
export class DatabaseModule implements OnApplicationBootstrap {
  constructor(private readonly database: Database) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const name of await unsafeSettings(this.database.queries).catch(() => [])) {
      loggerOf(this.database, 'Database').warn(
        `The server runs with ${name}=off: a crash of its machine loses acknowledged events.`,
      );
    }
  }
}

/** Commands need no replicas. */
async function openWithReplicas(settings: Settings): Promise<Database> {
  const urls = await Promise.all(settings.databaseReadUrls.map(withPreferredTls));
  const database = await openDatabase(settings, { urls, maxLagMs: settings.readMaxLagMs });
  try {
    await requireStandbys(database.url, urls);
    // Others ask for it in hooks of Nest, and nobody could close the database if one failed.
    await logIsDistributed(database.queries);
    return database;
  } catch (error) {
    await database.onApplicationShutdown();
    throw error;
  }
}

export async function openDatabase(settings: Settings, replicas?: DatabaseOptions['replicas']): Promise<Database> {
  const embedded = settings.databaseUrl === null ? await startEmbedded(settings.dataDir) : null;
  const url = embedded?.url ?? (await withPreferredTls(settings.databaseUrl ?? ''));
  try {
    await prepare(url);
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  const { statementTimeoutMs, databaseDriver: driver, erasureKey, databaseOf: project } = settings;
  return new Database(url, statementTimeoutMs, {
    driver,
    erasureKey,
    project,
    embedded,
    ...(replicas && { replicas }),
  });
}

function startEmbedded(dataDir: string): Promise<EmbeddedServer> {
  const logger = new Logger('EmbeddedPostgres');
  return EmbeddedServer.start(dataDir, { log: (message) => logger.warn(message) });
}
