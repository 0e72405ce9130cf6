import { badInput } from '../http/refusal.js';
import { partsOf, type Ordered } from '../read/cursor.js';
import { webhookEvent } from '../read/nouns/webhook-event.js';
import type { Row } from '../read/reading.js';

/** A place in the log's order (docs/design.md section 4). */
export interface LogPosition {
  readonly epoch: bigint;
  readonly xid: bigint;
  readonly seq: bigint;
}

/** Cursors of a stream are exact, so they carry no horizon. */
export const streamOrder: Ordered = {
  list: 'Subscription.webhookEvents',
  order: webhookEvent.defaultOrder,
  direction: 'ASC',
  keys: webhookEvent.orders['LOG']!,
};

export function isBefore(one: LogPosition, other: LogPosition): boolean {
  if (one.epoch !== other.epoch) return one.epoch < other.epoch;
  return one.xid !== other.xid ? one.xid < other.xid : one.seq < other.seq;
}

export function positionIn(row: Row): LogPosition {
  return logPosition(row['key0'], row['key1'], row['key2']);
}

export function logPosition(...[epoch, xid, seq]: unknown[]): LogPosition {
  return { epoch: BigInt(epoch as string), xid: BigInt(xid as string), seq: BigInt(seq as string) };
}

export function sqlOf({ epoch, xid, seq }: LogPosition): string[] {
  return [epoch, xid, seq].map(String);
}

/**
 * Where a stream resumes: after the event of a stream's own cursor; of a list's cursor, there or at its horizon,
 * whichever is earlier, because the list showed events that others were still to come before.
 * @throws Refusal BAD_USER_INPUT
 */
export function resumedFrom(cursor: string): LogPosition {
  const [list, order, , ...values] = partsOf(cursor);
  if (order !== streamOrder.order || !values.slice(0, 3).every(isNumber)) throw foreign();
  const shown = logPosition(...values);
  if (list === streamOrder.list && values.length === 3) return shown;
  const [, epoch, xid] = /^(\d{1,18}):(\d{1,18})$/.exec(String(values[3])) ?? [];
  if (values.length !== 4 || epoch === undefined) throw foreign();
  const horizon = logPosition(epoch, xid, 0);
  return isBefore(shown, horizon) ? shown : horizon;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,18}$/.test(value);
}

function foreign(): Error {
  return badInput('The cursor is not one of webhookEvents.');
}
