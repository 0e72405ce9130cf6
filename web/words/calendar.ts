export type Form = 'clock' | 'minute' | 'day' | 'short day' | 'weekday' | 'month' | 'iso day';

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

export function timeIn(timeZone: string, at: number | string, form: Form): string {
  const key = `${form} ${timeZone}`;
  const locale = form === 'iso day' ? 'sv' : 'en-GB';
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(locale, { timeZone, ...forms[form] }));
  return made.get(key)!.format(typeof at === 'string' ? Date.parse(at) : at);
}

export const utc = (at: number | string): string => new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');

const QUARTER = 900_000;
const DAY = 96 * QUARTER;

/** When the day begins in the zone: at midnight, or at the first quarter of an hour that the clocks show of it. */
export function startOfDay(day: string, timeZone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const quarters = Array.from({ length: 27 * 4 }, (_, at) => midnight + (at - 14 * 4) * QUARTER);
  return quarters.find((at) => timeIn(timeZone, at, 'iso day') >= day) ?? midnight;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

export const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

export interface Range {
  readonly from: string;
  readonly to: string;
}

/** From the start of the first to the end of the last, whichever is named first. */
export function rangeOf(from: string, to: string, timeZone: string): Range {
  const [first, last] = from <= to ? [from, to] : [to, from];
  const iso = (day: string): string => new Date(startOfDay(day, timeZone)).toISOString();
  return { from: iso(first), to: iso(addDays(last, 1)) };
}

export function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** `+01:00` */
export function offset(name: string, at: number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')!.value.replace('GMT', '') || '+00:00';
}
