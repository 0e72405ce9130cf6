import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { sortSpools } from '../intake/sort-spools.js';
import type { Clock } from '../settings/clock.js';
import { settingsOfLedgers } from '../settings/ledger-settings.js';
import type { Settings } from '../settings/settings.js';
import type { Ledger } from './ledger.js';
import { Place } from './place.js';

/** For the others, once a database can be used. One that is being migrated may take hours. */
const PATIENCE_MS = 10_000;

/** A ledger for each database of the settings. */
@Injectable()
export class Ledgers implements OnApplicationShutdown {
  private readonly byProject: ReadonlyMap<string | null, Place>;

  private constructor(readonly places: readonly Place[]) {
    this.byProject = new Map(places.map((place) => [place.settings.databaseOf, place]));
  }

  /**
   * One database that cannot be used, or does not answer, keeps no other from being used.
   * @throws CannotStart, or what else went wrong, if none of them can
   */
  static async open(settings: Settings, clock: Clock): Promise<Ledgers> {
    const own = [...settings.ownDatabases.keys()];
    const nameOf = ({ databaseOf }: Settings): string | null => {
      if (own.length === 0) return null;
      return databaseOf === null ? 'shared' : String(own.indexOf(databaseOf) + 1);
    };
    await sortSpools(settings);
    const places = settingsOfLedgers(settings).map((one) => new Place(nameOf(one), one, clock));
    const attempts = places.map((place) => place.open());
    const all = Promise.allSettled(attempts);
    await Promise.any(attempts).then(
      () => Promise.race([all, pause(PATIENCE_MS, null, { ref: false })]),
      () => attempts[0],
    );
    for (const [at, place] of places.entries()) if (place.ledger === null) void place.keepTrying(attempts[at]!);
    return new Ledgers(places);
  }

  /** @throws Refusal 503 UNAVAILABLE while its database could not be used yet */
  of(project: string): Ledger {
    return (this.byProject.get(project) ?? this.byProject.get(null)!).require();
  }

  /** After the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.places.map((place) => place.close()));
  }
}
