/** `1 h 04 min`, `12 min 05 s`, `36 s`, `0.4 s`. */
export function inWords(seconds: number): string {
  if (seconds < 1 && seconds > 0) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  if (minutes >= 10) return `${minutes} min`;
  if (minutes > 0) return rest === 0 ? `${minutes} min` : `${minutes} min ${two(rest)} s`;
  return `${rest} s`;
}

/** `84 h 05 min`, however many: sums of them are compared. */
export function inHours(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? inWords(seconds) : `${grouped(Math.floor(minutes / 60))} h ${two(minutes % 60)} min`;
}

/** `01:04:31`, of digits that keep their place. */
export function onTheClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

export function ago(seconds: number): string {
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}

export function count(number: number, one: string, many: string): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

const digits = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
/** With narrow spaces between thousands. */
export const grouped = (number: number): string => digits.format(number).replaceAll(',', '\u202f');

const two = (number: number): string => String(number).padStart(2, '0');
