import { setTimeout as pause } from 'node:timers/promises';
import { millisecondsOf } from '../../database/milliseconds.js';
import { expire } from '../../upkeep/expiry.js';
import { secondsSince } from '../on-database.js';
import { Chance } from '../simulate/chance.js';
import { post, type Target } from '../simulate/send.js';
import { dated } from '../simulate/webhook-message.js';
import { past, present } from './calendar.js';
import { episodes, ghost } from './episodes.js';
import type { Mark } from './mark.js';
import { inOrder, type Timed } from './scene.js';
import { type Ledger, write } from './write.js';

const SECOND = 1000;
const EXPIRE_AFTER = 86_400_000;

export interface Story {
  readonly seed: number;
  /** How far back it begins, in ms. */
  readonly spanMs: number;
  readonly mark: Mark;
  readonly ledger: Ledger;
  readonly target: Omit<Target, 'rate'>;
}

/** Tells what happened since the demo ran last, and what happens now, until it is stopped. */
export async function tell({ seed, spanMs, mark, ledger, target }: Story, stopped: AbortSignal): Promise<void> {
  const now = Date.now();
  const last = await lastTold(ledger);
  const span = { from: last ?? now - spanMs, to: now };
  const once = last === null ? episodes(now, new Chance(seed)) : await leftOpen(ledger, now);
  const open = [...once];
  const live = present(seed, span);
  let next = live.next().value;
  for (; next.at <= now; next = live.next().value) open.push(next);
  // What is open first, so that the rooms of this moment need not wait for the month.
  const told = [...inOrder(open), ...inOrder([...past(seed, span)])];
  await Promise.all([history({ mark, ledger }, told, stopped), goOn({ next, live }, target, stopped)]);
}

async function history(
  { mark, ledger }: Pick<Story, 'mark' | 'ledger'>,
  told: readonly Timed[],
  stopped: AbortSignal,
): Promise<void> {
  const began = performance.now();
  await write(ledger, told, stopped);
  if (stopped.aborted) return;
  mark.finish();
  // The service's own round may be a minute away.
  await expire(ledger.writer, { now: Date.now(), expireAfterMs: EXPIRE_AFTER, askedAt: () => undefined });
  console.log(`What happened until now is told: ${told.length} events in ${secondsSince(began)}.`);
}

interface Live {
  readonly next: Timed;
  readonly live: Generator<Timed, never>;
}

/** Over HTTP, signed, as LiveKit sends it. */
async function goOn({ next, live }: Live, target: Story['target'], stopped: AbortSignal): Promise<void> {
  for (let { at, message } = next; ; { at, message } = live.next().value) {
    await pause(Math.max(0, at - Date.now()), null, { signal: stopped }).catch(() => null);
    if (stopped.aborted) return;
    const { refusal } = await post(JSON.stringify(message.body), target);
    if (refusal !== null && !stopped.aborted) console.error(`An event of the demo was refused: ${refusal}`);
  }
}

async function lastTold({ writer }: Ledger): Promise<number | null> {
  const sql = `select ${millisecondsOf('max(created_at)')} as at from webhook_event`;
  const { rows } = await writer.pool.query<{ at: number | null }>(sql);
  return rows[0]!.at;
}

/** The rooms that were open when the demo was stopped end with their last sign of life; the ghost never does. */
async function leftOpen({ writer }: Ledger, now: number): Promise<readonly Timed[]> {
  const sql = `select sid, room_name as name, ${millisecondsOf('last_seen_at')} as seen from room
    where ended_at is null and room_name <> $1`;
  const { rows } = await writer.pool.query<{ sid: string; name: string; seen: number }>(sql, [ghost]);
  return rows.map(({ sid, name, seen }) => {
    const at = Math.min(seen + 20 * SECOND, now);
    return { at, message: { key: name, body: dated({ event: 'room_finished', room: { sid, name } }, at) } };
  });
}
