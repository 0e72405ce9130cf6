import type { Pool } from 'pg';
import { Writer } from '../src/erased/writer.js';
import { commit } from '../src/intake/commit.js';
import type { LedgerEvent } from '../src/livekit/event.js';

/** Commits every event. @throws the first failure */
export async function commitEvents(
  pool: Pool,
  events: readonly LedgerEvent[],
  writer = new Writer({ intake: pool, erasureKey: null, project: null }),
): Promise<void> {
  const { failures } = await commit(writer, events);
  const failure = failures.find((one) => one !== null);
  if (failure) throw failure.error;
}
