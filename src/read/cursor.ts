import { badInput } from '../http/refusal.js';
import { parseInstant } from './instant.js';
import type { OrderKey } from './noun.js';
import type { Row } from './reading.js';

/** A list in one order. Cursors hold the values of its keys and stay valid for ever. */
export interface Ordered {
  readonly list: string;
  readonly order: string;
  readonly direction: 'ASC' | 'DESC';
  readonly keys: readonly OrderKey[];
  /** SQL of the horizon that cursors carry (log-position.ts). */
  readonly horizon?: string | undefined;
}

export type Position = readonly string[];

export function keyColumns({ keys, horizon }: Ordered): string[] {
  const columns = keys.map(({ sql, kind }, index) => `${sql}${kind === 'integer' ? '::text' : ''} as "key${index}"`);
  return horizon === undefined ? columns : [...columns, `${horizon} as "horizon"`];
}

/** The names under which rows hold them. */
export function keyNames({ keys, horizon }: Ordered): string[] {
  return [...keys.map((_, index) => `key${index}`), ...(horizon === undefined ? [] : ['horizon'])];
}

export function cursorOf({ list, order, direction, keys }: Ordered, row: Row): string {
  const position = keys.map((_, index) => row[`key${index}`]);
  const horizon = row['horizon'] === undefined ? [] : [row['horizon']];
  return Buffer.from(JSON.stringify([list, order, direction, ...position, ...horizon])).toString('base64url');
}

/** @throws Refusal BAD_USER_INPUT unless `cursor` is one of this list in this order */
export function positionOf({ list, order, direction, keys, horizon }: Ordered, cursor: string): Position {
  const [ofList, ofOrder, ofDirection, ...values] = partsOf(cursor);
  const position = horizon === undefined ? values : values.slice(0, keys.length);
  const ours = ofList === list && ofOrder === order && ofDirection === direction && position.length === keys.length;
  if (!ours || !keys.every(({ kind }, index) => isOf(kind, position[index]))) {
    throw badInput(`The cursor is not one of ${list} in the order ${order} ${direction}.`);
  }
  return position as string[];
}

export function partsOf(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function isOf(kind: OrderKey['kind'], value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (kind === 'time') return value === 'infinity' || parseInstant(value) === value;
  return kind === 'text' || (/^\d{1,19}$/.test(value) && BigInt(value) < 2n ** 63n);
}
