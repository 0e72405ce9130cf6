import type { LedgerEvent, Subject } from '../livekit/event.js';
import { isOnlySeen } from './finding.js';
import type { PendingRows } from './pending-rows.js';
import { inTurns } from './turns.js';

export interface RowProjection<F, R> {
  readonly evidence: (event: LedgerEvent) => F | readonly F[];
  readonly merge: (a: F, b: F) => F;
  readonly read: (facts: readonly F[]) => Promise<R[]>;
  readonly row: (facts: F, stored: R | undefined) => R;
}

/** The events of a batch. Rows are read for all of them while the log statement still finds out which are new. */
export class BatchEvents {
  /** @param fresh resolves to the new events; to `events` itself if all are new */
  constructor(
    private readonly events: readonly LedgerEvent[],
    private readonly fresh: () => Promise<readonly LedgerEvent[]>,
  ) {}

  /** Only the projectable events about these subjects. */
  about(...subjects: Subject[]): BatchEvents {
    const some = (events: readonly LedgerEvent[]): LedgerEvent[] =>
      events.filter(({ problem, subject }) => problem === null && subject !== null && subjects.includes(subject));
    const events = some(this.events);
    return new BatchEvents(events, async () => {
      const fresh = await this.fresh();
      return fresh === this.events ? events : some(fresh);
    });
  }

  async mergeInto<F extends object, R extends object>(
    rows: PendingRows<R>,
    projection: RowProjection<F, R>,
  ): Promise<void> {
    const all = await mergedFacts(rows, this.events, projection);
    const [stored, fresh] = await Promise.all([projection.read([...all.values()]), this.fresh()]);
    rows.load(stored);
    const merged = fresh === this.events ? all : await mergedFacts(rows, fresh, projection);
    await inTurns(merged, ([key, facts]) => {
      const stored = rows.get(key)?.now;
      if (stored !== undefined || !isOnlySeen(facts)) rows.set(projection.row(facts, stored), key);
    });
  }
}

async function mergedFacts<F extends object, R extends object>(
  rows: PendingRows<R>,
  events: readonly LedgerEvent[],
  { evidence, merge }: RowProjection<F, R>,
): Promise<Map<string, F>> {
  const merged = new Map<string, F>();
  await inTurns(events.flatMap(evidence), (facts) => {
    const key = rows.keyOf(facts);
    const known = merged.get(key);
    merged.set(key, known ? merge(known, facts) : facts);
  });
  return merged;
}
