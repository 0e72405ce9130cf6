import type { Writer } from '../../erased/writer.js';
import { commit } from '../../intake/commit.js';
import { type LedgerEvent, readEvent } from '../../livekit/event.js';
import { readBody } from '../../webhook/read-body.js';
import { Chance } from '../simulate/chance.js';
import type { Timed } from './scene.js';

const BATCH = 500;
/** The log keeps the order of batches only, and its end is looked at. */
const LAST = 1000;
const LAST_BATCH = 25;

export interface Ledger {
  readonly writer: Writer;
  readonly project: string;
}

/**
 * Writes what was told in the past as the service would have, had it been there: soon after LiveKit sent it, now and
 * then late or twice. One batch is made while the one before it is written.
 */
export async function write({ writer, project }: Ledger, told: readonly Timed[], stopped: AbortSignal): Promise<void> {
  const chance = new Chance(told.length);
  let writing = Promise.resolve();
  for (let from = 0, to = 0; from < told.length && !stopped.aborted; from = to) {
    to = from + (from + BATCH < told.length - LAST ? BATCH : LAST_BATCH);
    const events = told.slice(from, to).flatMap((one) => arrivalsOf(one, project, chance));
    await writing;
    writing = commitAll(writer, events);
  }
  await writing;
}

function arrivalsOf({ at, message: { body } }: Timed, project: string, chance: Chance): LedgerEvent[] {
  const event = readBody(Buffer.from(JSON.stringify(body)));
  const late = chance.under(0.004) ? chance.whole(5_000, 90_000) : chance.whole(20, 400);
  const arrival = readEvent(project, event, Math.min(at + late, Date.now()));
  return chance.under(0.002) ? [arrival, arrival] : [arrival];
}

async function commitAll(writer: Writer, events: readonly LedgerEvent[]): Promise<void> {
  const { failures } = await commit(writer, events);
  const failure = failures.find((one) => one !== null);
  if (failure) throw failure.error;
}
