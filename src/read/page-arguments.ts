import { badInput } from '../http/refusal.js';
import { type Ordered, type Position, positionOf } from './cursor.js';
import { MAX_LIST } from './filters.js';
import type { Noun } from './noun.js';

export const DEFAULT_PAGE = 50;

export interface ListArguments {
  readonly filter?: Readonly<Record<string, unknown>> | null;
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null;
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** `backward`: `last` was given. */
export interface PageWindow {
  readonly size: number;
  readonly backward: boolean;
  readonly after: Position | null;
  readonly before: Position | null;
}

/** Newest first by default. @throws Refusal BAD_USER_INPUT for an unknown order */
export function orderOf(noun: Noun, list: string, { orderBy, filter }: ListArguments): Ordered {
  const order = orderBy?.field ?? noun.defaultOrder;
  const keys = noun.orders[order];
  if (keys === undefined) throw badInput(`${list} has no order ${order}.`);
  if (order === noun.orderOfActive && filter?.['active'] !== true)
    throw badInput(`The order ${order} wants active: true beside it.`);
  return { list, order, direction: orderBy?.direction ?? 'DESC', keys, horizon: noun.horizon };
}

/** @throws Refusal BAD_USER_INPUT */
export function pageWindowOf(ordered: Ordered, { first, after, last, before }: ListArguments): PageWindow {
  if (first != null && last != null) throw badInput('A page has a first or a last, not both.');
  const size = first ?? last ?? DEFAULT_PAGE;
  if (size < 0 || size > MAX_LIST) throw badInput(`A page of ${size} is not between 0 and ${MAX_LIST}.`);
  return {
    size,
    backward: last != null,
    after: after == null ? null : positionOf(ordered, after),
    before: before == null ? null : positionOf(ordered, before),
  };
}
