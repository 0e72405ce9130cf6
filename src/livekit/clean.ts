import type { Json } from './json.js';

/** Whether a JSON text escapes U+0000 or a surrogate, so that its value may hold what Postgres cannot. */
export function needsCleaning(text: string): boolean {
  for (let at = text.indexOf('\\u'); at >= 0; at = text.indexOf('\\u', at + 2)) {
    if (isRefused(text.slice(at + 2, at + 6))) return true;
  }
  return false;
}

/** Of the four digits of an escape: U+0000, or half of a surrogate pair. */
export function isRefused(digits: string): boolean {
  return digits === '0000' || /^d[89a-f]/i.test(digits);
}

export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** Replaces U+0000 and lone surrogates, which Postgres cannot store, with U+FFFD in every string and key. */
export function clean(value: Json): Json {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object') return value;
  // fromEntries defines own properties, so a key like __proto__ stays data.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), clean(inner ?? null)]));
}
