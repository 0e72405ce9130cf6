const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Any RFC 3339 offset to UTC with milliseconds, rounded down; null if invalid. */
export function parseInstant(text: string): string | null {
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = '00', offsetMinute = '00'] =
    rfc3339.exec(text) ?? [];
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const moment = Date.parse(`${local}Z`);
  // Date.parse turns 30 February into 1 March.
  if (Number.isNaN(moment) || !new Date(moment).toISOString().startsWith(local)) return null;
  if (offsetHour > '23' || offsetMinute > '59') return null;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  const utc = new Date(moment - offset + Number(fraction.padEnd(3, '0').slice(0, 3))).toISOString();
  return /^(?!0000)\d{4}-/.test(utc) ? utc : null;
}
