export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What one pass over a JSON text tells. */
export interface Survey {
  readonly nesting: number;
  /** Where its integers of 16 digits and more begin and end, one after the other. */
  readonly longIntegers: readonly number[];
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LONG = 16;

/** Does not recurse, so no input overflows the stack, and takes time in proportion to the text. */
export function survey(text: string): Survey {
  const longIntegers: number[] = [];
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = closingQuote(text, at);
      if (at < 0) break;
    } else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
    else if (isDigit(code)) {
      const end = numberEnd(text, at);
      if (end - at >= LONG && isInteger(text, at, end)) {
        longIntegers.push(text.charCodeAt(at - 1) === MINUS ? at - 1 : at, end);
      }
      at = end - 1;
    }
  }
  return { nesting: deepest, longIntegers };
}

/** How deep the arrays and objects of a JSON text nest. */
export function nesting(text: string): number {
  return survey(text).nesting;
}

/** Integers of 16 or more digits become strings, as in protojson: a JavaScript number would round them. */
export function parseJson(text: string, { longIntegers } = survey(text)): Json {
  if (longIntegers.length === 0) return JSON.parse(text) as Json;
  const pieces: string[] = [];
  let at = 0;
  for (const edge of longIntegers) {
    pieces.push(text.slice(at, edge));
    at = edge;
  }
  pieces.push(text.slice(at));
  return JSON.parse(pieces.join('"')) as Json;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at > 0 && text.charCodeAt(at - 1) === BACKSLASH) {
    let escapes = 1;
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) break;
    at = text.indexOf('"', at + 1);
  }
  return at;
}

function numberEnd(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isDigit(code) && code !== 0x2e && code !== 0x65 && code !== 0x45 && code !== 0x2b && code !== MINUS) break;
  }
  return at;
}

/** Whether JSON would take it for an integer: quotes must not make JSON of what is none. */
function isInteger(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start) === 0x30) return false;
  for (let at = start; at < end; at++) if (!isDigit(text.charCodeAt(at))) return false;
  let next = end;
  while (isSpace(text.charCodeAt(next))) next++;
  return text.charCodeAt(next) !== COLON;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
