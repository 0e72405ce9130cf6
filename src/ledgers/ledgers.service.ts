import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { sortSpools } from '../intake/sort-spools.js';
import type { Clock } from '../settings/clock.js';
import { settingsOfLedgers } from '../settings/ledger-settings.js';
import type { Settings } from '../settings/settings.js';
import type { Ledger } from './ledger.js';
import { ConfiguredDatabase } from './configured-database.js';

/** For the others, once a database can be used. One that is being migrated may take hours. */
const PATIENCE_MS = 10_000;

/** A ledger for each database of the settings. */
@Injectable()
export class Ledgers implements OnApplicationShutdown {
  private readonly byProject: ReadonlyMap<string | null, ConfiguredDatabase>;

  private constructor(readonly databases: readonly ConfiguredDatabase[]) {
    this.byProject = new Map(databases.map((database) => [database.settings.databaseOf, database]));
  }

  /**
   * One database that cannot be used, or does not answer, keeps no other from being used.
   * @throws CannotStart, or what else went wrong, if none of them can
   */
  static async open(settings: Settings, clock: Clock): Promise<Ledgers> {
    await sortSpools(settings);
    const nameOf = naming(settings);
    const databases = settingsOfLedgers(settings).map((one) => new ConfiguredDatabase(nameOf(one), one, clock));
    const attempts = databases.map((database) => database.open());
    const all = Promise.allSettled(attempts);
    await Promise.any(attempts).then(
      () => Promise.race([all, pause(PATIENCE_MS, null, { ref: false })]),
      () => attempts[0],
    );
    for (const [at, database] of databases.entries()) {
      if (database.ledger === null) void database.keepTrying(attempts[at]!);
    }
    return new Ledgers(databases);
  }

  /** @throws Refusal 503 UNAVAILABLE while its database could not be used yet */
  of(project: string): Ledger {
    return (this.byProject.get(project) ?? this.byProject.get(null)!).require();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.close()));
  }
}

/** `shared`, or the number in DATABASE_URLS; without that, none. */
function naming({ ownDatabases }: Settings): (ledger: Settings) => string | null {
  const own = [...ownDatabases.keys()];
  return ({ databaseOf }) => {
    if (own.length === 0) return null;
    return databaseOf === null ? 'shared' : String(own.indexOf(databaseOf) + 1);
  };
}
