export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export class Problem extends Error {}

/** Bytes: `65536`, `64KiB` or `2MiB`. */
export function size(text: string): number {
  return measured(text, { '': 1, KiB: 2 ** 10, MiB: 2 ** 20 }, 'a size such as 65536, 512KiB or 2MiB');
}

/** Milliseconds: `500ms`, `10s`, `5m` or `6h`. */
export function duration(text: string): number {
  return measured(text, { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }, 'a duration such as 500ms, 10s, 5m or 6h');
}

/** As {@link duration}; null for `off`. */
export function durationOrOff(text: string): number | null {
  return text === 'off' ? null : duration(text);
}

function measured(text: string, units: Record<string, number>, what: string): number {
  const [, digits, unit] = /^(\d{1,10})\s*([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit ?? '-') ? units[unit!]! : 0;
  const value = Number(digits) * factor;
  // Node's timers and Fastify's limits are 32-bit.
  if (!(value > 0 && value < 2 ** 31)) throw new Problem(`must be ${what}`);
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

/** A refusal does not repeat the text, which may contain a password. */
export function postgresUrl(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (!['postgres:', 'postgresql:'].includes(protocol)) {
    throw new Problem('must be a URL such as postgresql://user:password@host:5432/name');
  }
  return text;
}

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
