import { nesting } from './json.js';

/** jsonb may refuse JSON that nests deeper. */
const MAX_NESTING = 500;
/** Escaped backslashes and surrogate pairs, which look like what jsonb refuses. */
const harmless = /\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/g;
const refused = /\\u(?:0000|d[89a-f])|\d[eE][+-]?\d{4,}|\d{1000,}/i;

/** The same text if jsonb can hold it, so that numbers stay exact; else null. */
export function metadataJson(metadata: string | null): string | null {
  if (metadata === null || !isJson(metadata) || nesting(metadata) > MAX_NESTING) return null;
  return refused.test(metadata.replace(harmless, '')) ? null : metadata;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
