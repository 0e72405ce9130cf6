import type { Json } from './json.js';

const escapeToClean = /\\u(?:0000|d[89a-f])/i;

export function needsCleaning(text: string): boolean {
  return escapeToClean.test(text);
}

function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** Replaces U+0000 and lone surrogates, which Postgres cannot hold, by U+FFFD in every string and key. */
export function clean(value: Json): Json {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object') return value;
  // fromEntries defines own properties, so a key like __proto__ stays data.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), clean(inner ?? null)]));
}
