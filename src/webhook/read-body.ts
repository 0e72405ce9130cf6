import { Refusal } from '../http/refusal.js';
import { clean, needsCleaning } from '../livekit/clean.js';
import { isObject, parseJson, survey, type Json, type JsonObject } from '../livekit/json.js';
import { redact } from '../livekit/redact.js';

const MAX_NESTING = 100;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes, cleans and redacts a body whose signature is valid.
 * @throws Refusal 400 `BODY_NOT_UTF8`, `BODY_NOT_JSON` or `EVENT_INVALID`
 */
export function readBody(raw: Uint8Array): JsonObject {
  const text = decode(raw);
  const value = parse(text);
  if (!isObject(value)) throw new Refusal(400, 'EVENT_INVALID', 'The body is JSON, but not an object.');
  const event = needsCleaning(text) ? (clean(value) as JsonObject) : value;
  for (const field of ['event', 'id']) {
    if (typeof event[field] !== 'string' || event[field] === '') {
      throw new Refusal(400, 'EVENT_INVALID', `The event has no text in "${field}".`);
    }
  }
  return redact(event, text);
}

function decode(raw: Uint8Array): string {
  try {
    return utf8.decode(raw);
  } catch {
    throw new Refusal(400, 'BODY_NOT_UTF8', 'The body is not UTF-8.');
  }
}

function parse(text: string): Json {
  const found = survey(text);
  if (found.nesting > MAX_NESTING) {
    throw new Refusal(400, 'BODY_NOT_JSON', `The body nests deeper than ${MAX_NESTING}.`);
  }
  try {
    return parseJson(text, found);
  } catch {
    throw new Refusal(400, 'BODY_NOT_JSON', 'The body is not JSON.');
  }
}
