export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How deep the arrays and objects of a JSON text nest. Does not recurse, so no input overflows the stack. */
export function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

const bareLongInteger = /[:,[]\s*-?\d{16}/;
const stringOrLongInteger = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** Integers of 16 digits and more become strings, as protojson writes an int64: a JavaScript number would round them. */
export function parseJson(text: string): Json {
  const exact = bareLongInteger.test(text)
    ? text.replace(stringOrLongInteger, (token) => (token.startsWith('"') ? token : `"${token}"`))
    : text;
  return JSON.parse(exact) as Json;
}
