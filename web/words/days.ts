import { address } from '../address/address';
import { addDays, isDay, type Range, rangeOf } from './calendar';
import { today } from './times';
import { zone } from './zone';

interface Days extends Range {
  readonly range: Range;
}

/** Days of the zone, both included: those of the address, or the last ones up to today. */
export function daysOfAddress(last: number): Days {
  const { query } = address.value;
  const [given, until] = [query.get('from') ?? '', query.get('to') ?? ''];
  const to = isDay(until) ? until : today();
  const from = isDay(given) ? given : addDays(today(), 1 - last);
  return { from, to, range: rangeOf(from, to, zone.value) };
}
