export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export class Problem extends Error {}

export function size(text: string): number {
  const units = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
  return measured(text, units, 'a size such as 65536, 512KiB, 2MiB or 1GiB');
}

export function duration(text: string): number {
  const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return atMost(measured(text, units, 'a duration such as 500ms, 10s, 5m, 6h or 30d'), '36500d', 36_500 * units.d);
}

/** A duration that a timer can wait: Node's and Postgres' have 31 bits. */
export function timeout(text: string): number {
  return atMost(duration(text), '24d', 24 * 86_400_000);
}

/** Replicas are looked at ten times a second. */
export function lag(text: string): number {
  const value = timeout(text);
  if (value < 300) throw new Problem('must be at least 300ms');
  return value;
}

export function requestSize(text: string): number {
  return atMost(size(text), '256MiB', 256 * 2 ** 20);
}

function atMost(value: number, shown: string, most: number): number {
  if (value > most) throw new Problem(`must be at most ${shown}`);
  return value;
}

/** As {@link duration}; null for `off`. */
export function durationOrOff(text: string): number | null {
  return text === 'off' ? null : duration(text);
}

/** Months are dropped whole. */
export function retention(text: string): number | null {
  const value = durationOrOff(text);
  if (value !== null && value < 31 * 86_400_000) throw new Problem('must be at least 31d, or off');
  return value;
}

function measured(text: string, units: Record<string, number>, what: string): number {
  const [, digits, unit] = /^(\d{1,10})\s*([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit ?? '-') ? units[unit!]! : 0;
  const value = Number(digits) * factor;
  if (!(value > 0 && Number.isSafeInteger(value))) throw new Problem(`must be ${what}`);
  return value;
}

export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most)) throw new Problem(`must be a whole number from ${least} to ${most}`);
    return value;
  };
}

export function oneOf<T extends string>(...allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((one) => one === text);
    if (found === undefined) throw new Problem(`must be one of ${allowed.join(', ')}`);
    return found;
  };
}

export function yesOrNo(text: string): boolean {
  return oneOf('true', 'false')(text) === 'true';
}

export const logLevel: (text: string) => LogLevel = oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent');

export function origins(text: string): readonly string[] {
  const list = text
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  const wrong = list.find((origin) => origin !== '*' && !isOrigin(origin));
  if (wrong !== undefined) throw new Problem(`must list origins such as https://app.example.com, not "${wrong}"`);
  return Object.freeze(list);
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** A key that nobody can guess. */
export function secretKey(text: string): string {
  if (text.length < 32) throw new Problem('must have at least 32 characters, such as those of `openssl rand -hex 32`');
  return text;
}
