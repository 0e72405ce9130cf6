import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '../settings/clock.js';
import { settingsOfLedgers } from '../settings/ledger-settings.js';
import type { Settings } from '../settings/settings.js';
import type { Ledger } from './ledger.js';
import { Place } from './place.js';

/** A ledger for each database of the settings. */
@Injectable()
export class Ledgers implements OnApplicationShutdown {
  private readonly byProject: ReadonlyMap<string | null, Place>;

  private constructor(readonly places: readonly Place[]) {
    this.byProject = new Map(places.map((place) => [place.settings.databaseOf, place]));
  }

  /**
   * One database that cannot be used keeps no other from being used.
   * @throws CannotStart, or what else went wrong, if none of them can
   */
  static async open(settings: Settings, clock: Clock): Promise<Ledgers> {
    const own = [...settings.ownDatabases.keys()];
    const nameOf = ({ databaseOf }: Settings): string | null => {
      if (own.length === 0) return null;
      return databaseOf === null ? 'shared' : String(own.indexOf(databaseOf) + 1);
    };
    const places = settingsOfLedgers(settings).map((one) => new Place(nameOf(one), one, clock));
    const outcomes = await Promise.allSettled(places.map((place) => place.open()));
    const failures = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    if (failures.length === places.length) throw failures[0];
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') places[at]!.openLater(outcome.reason);
    }
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
