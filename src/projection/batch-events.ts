import type { LedgerEvent, Subject } from '../livekit/event.js';
import type { Shelf } from './pending-rows.js';

/** How events become rows of a shelf. */
export interface Telling<F, R> {
  readonly evidence: (event: LedgerEvent) => F | readonly F[];
  readonly merge: (a: F, b: F) => F;
  /** The rows that what was told can concern. */
  readonly read: (told: readonly F[]) => Promise<R[]>;
  /** The row of these facts, where the database has `known` of it. */
  readonly row: (facts: F, known: R | undefined) => R;
}

/** A batch's events, while the log still says which of them are new: rows are read in the same round. */
export class News {
  /** @param fresh the new ones: the same list where all are */
  constructor(
    private readonly events: readonly LedgerEvent[],
    private readonly fresh: () => Promise<readonly LedgerEvent[]>,
  ) {}

  /** Those about such things that can be projected. */
  about(...subjects: Subject[]): News {
    const some = (events: readonly LedgerEvent[]): LedgerEvent[] =>
      events.filter(({ problem, subject }) => problem === null && subject !== null && subjects.includes(subject));
    const events = some(this.events);
    return new News(events, async () => {
      const fresh = await this.fresh();
      return fresh === this.events ? events : some(fresh);
    });
  }

  /** Loads the rows that any of the events can concern, and merges into them what the new ones say. */
  async tell<F extends object, R extends object>(shelf: Shelf<R>, telling: Telling<F, R>): Promise<void> {
    const all = gather(shelf, this.events, telling);
    const [rows, fresh] = await Promise.all([telling.read([...all.values()]), this.fresh()]);
    shelf.load(rows);
    const told = fresh === this.events ? all : gather(shelf, fresh, telling);
    for (const [key, facts] of told) shelf.set(telling.row(facts, shelf.get(key)?.now), key);
  }
}

/** Merges what events say of each row. */
function gather<F extends object, R extends object>(
  shelf: Shelf<R>,
  events: readonly LedgerEvent[],
  { evidence, merge }: Telling<F, R>,
): Map<string, F> {
  const merged = new Map<string, F>();
  for (const record of events.flatMap(evidence)) {
    const key = shelf.keyOf(record);
    const known = merged.get(key);
    merged.set(key, known ? merge(known, record) : record);
  }
  return merged;
}
