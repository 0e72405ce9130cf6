import { nesting } from './json.js';

/** Deeper than this, or with larger exponents, jsonb may refuse. */
const MAX_NESTING = 500;
/** Escaped backslashes, and surrogates in pairs. */
const harmless = /\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/g;
const unholdable = /\\u(?:0000|d[89a-f])|\d[eE][+-]?\d{4,}|\d{1000,}/i;

/**
 * `metadata` where it is JSON that Postgres holds as jsonb, else null. The text itself, so that
 * numbers stay exact.
 */
export function metadataJson(metadata: string | null): string | null {
  if (metadata === null || !isJson(metadata) || nesting(metadata) > MAX_NESTING) return null;
  return unholdable.test(metadata.replace(harmless, '')) ? null : metadata;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
