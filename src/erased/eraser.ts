import { isObject, type Json, type JsonObject } from '../livekit/json.js';
import { enumFields, enumNames } from '../livekit/shape.js';
import { ownId } from '../projection/finding.js';
import { snakeCase } from '../text/snake-case.js';

/** What one erasure knows. It has no text of the person, only how to recognise one. */
export interface ErasedTexts {
  /** Lengths of the texts, in UTF-16 code units. */
  readonly lengths: readonly number[];
  readonly pseudonymOf: (text: string) => string | null;
}

/** Texts shorter than this are replaced only where the protocol says that they are the person's. */
export const SHORTEST_WITHIN = 4;

/** Replaces a person's texts in JSON of LiveKit's, whole events or any part of one. Erasing twice changes nothing. */
export class Eraser {
  private readonly lengths: readonly number[];

  /**
   * @param participants sid → pseudonym
   * @param anySession whether another session of the same identity is the person too, or a new one
   */
  constructor(
    private readonly participants: ReadonlyMap<string, string>,
    private readonly texts: ErasedTexts,
    private readonly anySession = false,
  ) {
    this.lengths = texts.lengths.filter((length) => length >= SHORTEST_WITHIN).sort((a, b) => b - a);
  }

  erase(message: JsonObject): void {
    for (const names of descriptions) if (this.eraseParticipant(message, names) === 'another') return;
    for (const name in message) {
      const value = message[name];
      if (value !== undefined) message[name] = this.value(value, name);
    }
  }

  private value(value: Json, name: string): Json {
    if (typeof value === 'string') return isProtocols(value, name) ? value : this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.value(item, name));
    if (!isObject(value)) return value;
    if (/attributes$/i.test(name)) return this.ownOf(value);
    this.erase(value);
    return value;
  }

  private ownOf(value: Json): Json {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.ownOf(item));
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(([name, item]) => [this.text(name), this.ownOf(item ?? null)]);
    return Object.fromEntries(entries) as JsonObject;
  }

  /** A participant may be described by an object of its own, or among the fields of another. */
  private eraseParticipant(message: JsonObject, { sid, identity, ...others }: Description): 'another' | undefined {
    const session = message[sid];
    const known = isText(session) ? this.participants.get(session) : undefined;
    const pseudonym = known ?? (isText(message[identity]) ? this.texts.pseudonymOf(message[identity]) : null);
    if (pseudonym === null) return;
    if (known === undefined && isText(session) && !this.anySession) return 'another';
    if (isText(message[identity])) message[identity] = pseudonym;
    if (isText(message[others.name])) message[others.name] = pseudonym;
    if (isText(message[others.metadata])) message[others.metadata] = '';
    if (isObject(message[others.attributes])) message[others.attributes] = {};
  }

  /** Also where JSON spells it in another way, as `\u00fc`. */
  private text(text: string): string {
    const erased = this.words(text);
    return erased.includes('\\') && isJson(erased)
      ? erased.replaceAll(jsonText, (literal) => this.literal(literal))
      : erased;
  }

  private literal(literal: string): string {
    if (!literal.includes('\\')) return literal;
    const text = JSON.parse(literal) as string;
    const erased = this.text(text);
    return erased === text ? literal : JSON.stringify(erased);
  }

  /** Replaces whole words; the longest first. */
  private words(text: string): string {
    let erased = '';
    let copied = 0;
    for (const { start, word } of wordsOf(text, this.lengths)) {
      if (start < copied) continue;
      const pseudonym = this.texts.pseudonymOf(word);
      if (pseudonym === null) continue;
      erased += text.slice(copied, start) + pseudonym;
      copied = start + word.length;
    }
    return copied === 0 ? text : erased + text.slice(copied);
  }
}

/** Parts of a text that begin and end where a word can, by their start; of one start in the order of `lengths`. */
export function* wordsOf(text: string, lengths: readonly number[]): Generator<{ start: number; word: string }> {
  // Of an earlier erasure: each is one word.
  const shape = text.replaceAll(/erased-[0-9a-f]{16}/g, (pseudonym) => 'x'.repeat(pseudonym.length));
  for (let start = 0; start < text.length; start++) {
    if (!isEdge(shape, start)) continue;
    for (const length of lengths) {
      const end = start + length;
      if (end <= text.length && isEdge(shape, end)) yield { start, word: text.slice(start, end) };
    }
  }
}

const own = { sid: 'sid', identity: 'identity', name: 'name', metadata: 'metadata', attributes: 'attributes' };
const nested = {
  sid: 'participantSid',
  identity: 'participantIdentity',
  name: 'participantName',
  metadata: 'participantMetadata',
  attributes: 'participantAttributes',
};
/** A column of agent jobs. */
const agent = { ...nested, identity: 'agent_identity' };
const descriptions = [own, nested, mapped(nested), agent];

type Description = typeof own;

function mapped(names: Description): Description {
  return Object.fromEntries(Object.entries(names).map(([key, name]) => [key, snakeCase(name)])) as Description;
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

/** LiveKit's ids, enum values and numbers. A phone number may be all digits. */
function isProtocols(value: string, name: string): boolean {
  if (enumFields.has(name) && (enumNames.has(value) || Object.hasOwn(ownId, value))) return true;
  if (/(?:^id|^sid|Id|_id|Sid|_sid|^event)$/.test(name)) return true;
  return /^-?\d+$/.test(value) && /(?:At|_at|Time|Ms|Micro|time|ms|micro|size|duration|ticks)$/.test(name);
}

const jsonText = /"[^"\\]*(?:\\.[^"\\]*)*"/g;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const letterOrDigit = /[\p{L}\p{N}]/u;

function isEdge(text: string, at: number): boolean {
  if (at === 0 || at === text.length) return true;
  return !letterOrDigit.test(text[at - 1]!) || !letterOrDigit.test(text[at]!);
}
