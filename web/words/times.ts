import { zone } from './zone';

type Form = 'clock' | 'minute' | 'day' | 'short day' | 'weekday' | 'month' | 'iso day';

const forms: Readonly<Record<Form, Intl.DateTimeFormatOptions>> = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'short', year: 'numeric' },
  'short day': { day: 'numeric', month: 'short' },
  weekday: { weekday: 'short', day: 'numeric', month: 'short' },
  month: { month: 'long', year: 'numeric' },
  'iso day': { year: 'numeric', month: '2-digit', day: '2-digit' },
};

const made = new Map<string, Intl.DateTimeFormat>();

/** In the zone that the viewer chose. */
export function time(at: number | string, form: Form, timeZone = zone.value): string {
  const key = `${form} ${timeZone}`;
  const locale = form === 'iso day' ? 'sv' : 'en-GB';
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(locale, { timeZone, ...forms[form] }));
  return made.get(key)!.format(typeof at === 'string' ? Date.parse(at) : at);
}

export const utc = (at: number | string): string => new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');

const HOUR = 3_600_000;

/** When the day of `at` began in the zone, and the next ones after it begin. */
export function startOfDay(day: string, timeZone = zone.value): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const candidates = Array.from({ length: 27 }, (_, hours) => midnight + (hours - 14) * HOUR);
  const found = candidates
    .flatMap((at) => [at, at + HOUR / 2, at + HOUR / 4, at + (3 * HOUR) / 4])
    .sort((a, b) => a - b);
  return found.find((at) => time(at, 'iso day', timeZone) >= day) ?? midnight;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 24 * HOUR).toISOString().slice(0, 10);
}

export const today = (): string => time(Date.now(), 'iso day');
