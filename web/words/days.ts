import { address } from '../address/address';
import { addDays, startOfDay, today } from './times';

export const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

interface Days {
  /** Days of the zone, both included. */
  readonly from: string;
  readonly to: string;
  /** From the start of the first to the end of the last. */
  readonly range: { readonly from: string; readonly to: string };
}

/** Those of the address, or the last ones up to today. */
export function daysOfAddress(last: number): Days {
  const { query } = address.value;
  const [given, until] = [query.get('from') ?? '', query.get('to') ?? ''];
  const to = isDay(until) ? until : today();
  const from = isDay(given) ? given : addDays(today(), 1 - last);
  return { from, to, range: rangeOf(from, to) };
}

export function rangeOf(from: string, to: string): Days['range'] {
  const [start, end] = from <= to ? [from, to] : [to, from];
  return { from: new Date(startOfDay(start)).toISOString(), to: new Date(startOfDay(addDays(end, 1))).toISOString() };
}
