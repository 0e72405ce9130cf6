const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

const FIRST_INSTANT = '0001-01-01T00:00:00.000Z';
export const LAST_INSTANT = '9999-12-31T23:59:59.999Z';
const DAY = 86_400_000;
const [first, last] = [Date.parse(FIRST_INSTANT), Date.parse(LAST_INSTANT)];

/**
 * Any RFC 3339 time to UTC with milliseconds, rounded down; null if invalid. A leap second is the next one's first
 * instant; what lies in UTC's year 0 or 10000 is moved to the nearest year.
 */
export function parseInstant(text: string): string | null {
  const [, year, month, day, hour, minute, second = '', fraction = '', sign, offsetHour = '00', offsetMinute = '00'] =
    rfc3339.exec(text) ?? [];
  const leaps = second === '60';
  const local = `${year}-${month}-${day}T${hour}:${minute}:${leaps ? '59' : second}`;
  const moment = Date.parse(`${local}Z`);
  // Date.parse turns 30 February into 1 March.
  if (Number.isNaN(moment) || !new Date(moment).toISOString().startsWith(local)) return null;
  if (offsetHour > '23' || offsetMinute > '59') return null;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  if (leaps && (moment - offset + 1000) % DAY !== 0) return null;
  const after = leaps ? 1000 : Number(fraction.padEnd(3, '0').slice(0, 3));
  return new Date(Math.min(Math.max(moment - offset + after, first), last)).toISOString();
}
