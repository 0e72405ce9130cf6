import { addDays, startOfDay, timeIn } from '../words/calendar';
import type { Question } from './question';

const HOUR = 3_600_000;

/** When the hours or days of the range begin; of longer windows only those with usage are known. */
export function windowsOf({ from, to, interval, timeZone }: Question): string[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  if (interval === 'HOUR') return range(start, { end, next: (at) => at + HOUR });
  if (interval !== 'DAY') return [];
  return range(start, { end, next: (at) => startOfDay(addDays(timeIn(timeZone, at, 'iso day'), 1), timeZone) });
}

function range(start: number, { end, next }: { end: number; next: (at: number) => number }): string[] {
  const found: string[] = [];
  for (let at = start; at < end; at = next(at)) found.push(new Date(at).toISOString());
  return found;
}
