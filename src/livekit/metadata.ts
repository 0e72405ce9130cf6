import { isRefused } from './clean.js';
import { nesting } from './json.js';

/** jsonb may refuse JSON that nests deeper. */
const MAX_NESTING = 500;
const MAX_DIGITS = 999;
const MAX_EXPONENT_DIGITS = 3;

/** The text itself if jsonb can hold it, so that numbers stay exact; else null. */
export function metadataJson(metadata: string | null): string | null {
  if (metadata === null || !isJson(metadata) || nesting(metadata) > MAX_NESTING) return null;
  return isHeld(metadata) ? metadata : null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isHeld(json: string): boolean {
  const numbers = new Numbers();
  let inText = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === 0x5c) {
      const escape = escapeAt(json, at);
      if (escape === 'refused') return false;
      at += escape - 1;
      continue;
    }
    if (code === 0x22) inText = !inText;
    if (!inText && !numbers.take(code)) return false;
  }
  return true;
}

/** Its length, at least as far as a quote could be escaped. */
function escapeAt(json: string, at: number): number | 'refused' {
  if (json.charCodeAt(at + 1) !== 0x75) return 2;
  if (surrogatePair.test(json.slice(at, at + 12))) return 12;
  return isRefused(json.slice(at + 2, at + 6)) ? 'refused' : 2;
}

const surrogatePair = /^\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}$/;

class Numbers {
  private digits = 0;
  private exponent: 'none' | 'e' | 'sign' | 'digits' = 'none';
  private exponentDigits = 0;

  take(code: number): boolean {
    const digit = code >= 0x30 && code <= 0x39;
    if (digit && this.exponent !== 'none') {
      this.exponent = 'digits';
      this.exponentDigits++;
    } else if (this.exponent === 'e' && (code === 0x2b || code === 0x2d)) this.exponent = 'sign';
    else {
      const follows = this.digits > 0 && (code === 0x65 || code === 0x45);
      this.exponent = follows ? 'e' : 'none';
      this.exponentDigits = 0;
    }
    this.digits = digit ? this.digits + 1 : 0;
    return this.digits <= MAX_DIGITS && this.exponentDigits <= MAX_EXPONENT_DIGITS;
  }
}
