import { Hidden, isCutField, REDACTED } from './hidden.js';
import { isObject, type Json, type JsonObject, parseJson, survey } from './json.js';
import { redactLocation, redactText, redactUrl } from './redact-url.js';
import type { Kind } from './secret-fields.js';
import { enumNames, eventShape, type Field, IN_URL, OWN, type Shape, UNKNOWN, unlisted } from './shape.js';

/**
 * Redacts LiveKit's secrets in place (docs/design.md section 4), also in events that cannot be projected.
 *
 * @param json the text that the event was read from, if there is one: it saves most events a second way through
 */
export function redact(event: JsonObject, json?: string): JsonObject {
  const hidden = new Hidden();
  redactMessage(event, eventShape, new Hiding(hidden));
  if (hidden.mayRecur(json)) redactMessage(event, eventShape, new Replacing(hidden));
  return event;
}

/** One way through an event, which visits all its texts. */
interface Pass {
  text(text: string, kind: Kind, name: string): string;
  whole(value: Json): Json;
  /** The name of a field that the protocol does not have. */
  name(name: string): string;
}

function redactMessage(message: JsonObject, shape: Shape, pass: Pass): void {
  for (const name in message) {
    const value = message[name];
    if (value === undefined || value === null || value === '') continue;
    const known = shape.fields.get(name);
    const field = known ?? unlisted(shape, name);
    const redacted =
      typeof value === 'string' && typeof field === 'string'
        ? pass.text(value, field, name)
        : redactField(value, { field, name, within: shape }, pass);
    if (redacted !== value) message[name] = redacted;
    if (known === undefined) rename(message, name, pass.name(name));
  }
}

interface Place {
  readonly field: Field;
  readonly name: string;
  readonly within: Shape;
}

function redactField(value: Json, place: Place, pass: Pass): Json {
  const { field, name } = place;
  if (value === null) return value;
  if (typeof field !== 'string' && typeof value !== 'object') return inPlaceOfMessage(value, place, pass);
  if (typeof value === 'string') return pass.text(value, field as Kind, name);
  if (field === 'secret' || field === 'account') return pass.whole(value);
  if (typeof value !== 'object') return value;
  if (field === 'suspect') return pass.whole(value);
  if (Array.isArray(value)) redactList(value, place, pass);
  else redactMessage(value, shapeAt(place), pass);
  return value;
}

/** A word is kept where only its name makes a message of it: `"track": "TR_1"` of an event that is not known yet. */
function inPlaceOfMessage(value: string | number | boolean, { name, within }: Place, pass: Pass): Json {
  if (within.fields.has(name) || !/^[\w.@-]{1,64}$/.test(String(value))) return REDACTED;
  return typeof value === 'string' ? pass.text(value, 'new', name) : value;
}

function redactList(list: Json[], place: Place, pass: Pass): void {
  const { field } = place;
  const item: Place = field === 'key' || field === 'own' ? { ...place, field: 'new' } : place;
  for (const [index, value] of list.entries()) list[index] = redactField(value, item, pass);
}

function shapeAt({ field, within }: Place): Shape {
  if (typeof field !== 'string') return field;
  if (field === 'own' && within !== OWN) return OWN;
  return field === 'url' || field === 'location' ? IN_URL : UNKNOWN;
}

function rename(message: JsonObject, before: string, after: string): void {
  if (after === before) return;
  const free = Object.hasOwn(message, after) ? `${after} ${Object.keys(message).length}` : after;
  message[free] = message[before];
  delete message[before];
}

/** Hides what is secret by its field, and keeps it in mind. */
class Hiding implements Pass {
  constructor(private readonly hidden: Hidden) {}

  text(text: string, kind: Kind, name: string): string {
    switch (kind) {
      case 'key':
      case 'own':
        return text;
      case 'secret':
      case 'account':
      case 'suspect':
        return isCutField(name, text) ? text : this.secret(text, kind);
      case 'url':
        return redactUrl(text, this.hidden);
      case 'location':
        return redactLocation(text, this.hidden);
      case 'new':
        return looksLikeJson(text) ? this.json(text) : redactText(text, this.hidden);
      case 'text':
      case 'value':
        return redactText(text, this.hidden);
    }
  }

  whole(value: Json): Json {
    this.hidden.addAll(value);
    return REDACTED;
  }

  name(name: string): string {
    return name;
  }

  private secret(text: string, kind: Kind): string {
    if (kind === 'account') this.hidden.addWord(text);
    else this.hidden.addSecret(text);
    for (const key of privateKeys(text)) this.hidden.addSecret(key);
    return REDACTED;
  }

  private json(text: string): string {
    const found = survey(text);
    if (found.nesting > MAX_NESTING) return REDACTED;
    const value = parsed(() => parseJson(text, found));
    if (value === null || typeof value !== 'object') return redactText(text, this.hidden);
    const before = JSON.stringify(value);
    redactField(value, { field: 'new', name: '', within: UNKNOWN }, this);
    const after = JSON.stringify(value);
    return after === before ? text : after;
  }
}

const MAX_NESTING = 100;

function looksLikeJson(text: string): boolean {
  const first = text.trimStart().charCodeAt(0);
  return first === 0x7b || first === 0x5b;
}

function parsed(parse: () => Json): Json {
  try {
    return parse();
  } catch {
    return null;
  }
}

function privateKeys(credentials: string): string[] {
  if (!looksLikeJson(credentials)) return [];
  const value = parsed(() => JSON.parse(credentials) as Json);
  if (!isObject(value)) return [];
  return ['private_key', 'private_key_id', 'client_secret', 'refresh_token']
    .map((name) => value[name])
    .filter((key) => typeof key === 'string');
}

class Replacing implements Pass {
  constructor(private readonly hidden: Hidden) {}

  text(text: string, kind: Kind, name: string): string {
    if (kind === 'key' || (kind === 'value' && (enumNames.has(text) || /^\d{1,20}$/.test(text)))) return text;
    const without = kind === 'location' ? this.location(text) : this.hidden.removeFrom(text);
    return without === text ? text : new Hiding(new Hidden()).text(without, kind, name);
  }

  whole(value: Json): Json {
    return value;
  }

  name(name: string): string {
    return this.hidden.removeFrom(name);
  }

  /** The path of a file is what people look for. */
  private location(text: string): string {
    const host = text.indexOf('://');
    const slash = text.indexOf('/', host < 0 ? 0 : host + 3);
    const path = host < 0 ? 0 : slash < 0 ? text.length : slash;
    return this.hidden.removeFrom(text.slice(0, path)) + this.hidden.removeFrom(text.slice(path), 'secrets');
  }
}
